import { describe, expect, test } from 'vitest';
import { cleanLines, columnsOf, fit, jsonLine, oneLine, truncate, wrap } from './text.ts';

describe('text from outside cannot steer the terminal', () => {
  test.each([
    ['colours', '\u001b[31mred\u001b[0m', 'red'],
    ['clearing the screen', 'a\u001b[2J\u001b[Hb', 'ab'],
    ['a window title', 'a\u001b]0;title\u0007b', 'ab'],
    ['a link ended by ST', '\u001b]8;;https://x\u001b\\here\u001b]8;;\u001b\\', 'here'],
    ['a device control string', 'a\u001bPq#0\u001b\\b', 'ab'],
    ['the one-byte CSI', 'a\u009b31mb', 'ab'],
    ['the one-byte OSC', 'a\u009d0;t\u009cb', 'ab'],
    ['an escape that is cut off', 'a\u001b[', 'a'],
    ['an escape alone', 'a\u001b', 'a'],
    ['a reset', 'a\u001bcb', 'ab'],
    ['a title that never ends', 'a\u001b]0;title', 'a'],
    ['carriage return and backspace', 'safe\r\u0008evil', 'safe evil'],
    ['line ends', 'one\r\ntwo\u2028three', 'one two three'],
    ['a bidi override', 'user\u202egnp.exe', 'usergnp.exe'],
    ['bidi isolates and marks', '\u2066a\u2069\u200f\u061c', 'a'],
    ['invisible characters', 'a\u200b\u2060\ufeff\u{e0041}b', 'ab'],
    ['half a surrogate pair', 'a\ud800', 'a\ufffd'],
    ['ordinary text of many scripts', 'naïve 日本語 עברית 👩‍👩‍👧', 'naïve 日本語 עברית 👩‍👩‍👧'],
  ])('%s', (_what, text, expected) => {
    expect(oneLine(text)).toBe(expected);
  });

  test('in several lines the indentation stays', () => {
    expect(cleanLines('a\r\n\tb\u001b[1m c\n')).toEqual(['a', '  b c', '']);
  });

  test('as JSON it is the same value, without a character that a terminal obeys', () => {
    const value = { text: 'a\u001b[2J\u009b1m\u202e\u2028\u{e0041}' };
    const line = jsonLine(value);
    expect(JSON.parse(line)).toEqual(value);
    expect(line).toMatch(/^[ -~]+$/);
  });
});

test.each([
  ['plain', 5],
  ['日本', 4],
  ['é', 1],
  ['e\u0301', 1],
  ['👍', 2],
  ['👩‍👩‍👧', 2],
  ['🇦🇹', 2],
])('%s takes %i columns', (text, columns) => {
  expect(columnsOf(text)).toBe(columns);
});

test.each([
  ['abcdef', 6, 'abcdef'],
  ['abcdef', 5, 'abcd…'],
  ['日本語', 5, '日本…'],
  ['日本語', 4, '日…'],
  ['abc', 0, ''],
])('%s truncated to %i columns is %s', (text, columns, expected) => {
  expect(truncate(text, columns)).toBe(expected);
});

test('fitted text has exactly its columns', () => {
  expect(fit('日本', 6)).toBe('日本  ');
  expect(columnsOf(fit('日本語日本語', 6))).toBe(6);
});

test('wrapped text keeps its words and its width', () => {
  expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrap('extraordinary', 5)).toEqual(['extr…']);
});
