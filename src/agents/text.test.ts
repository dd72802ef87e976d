import { describe, expect, test } from 'vitest';
import { createKeptText, lastLine, oneLine } from './text.ts';

describe('kept text', () => {
  test('is whole up to its limit', () => {
    const kept = createKeptText({ maxCharacters: 10 });
    for (const piece of ['ab', 'cdef', 'ghij']) kept.add(piece);
    expect(kept.read()).toBe('abcdefghij');
  });

  test('keeps the beginning and the end of a longer text and says how much is missing', () => {
    const kept = createKeptText({ maxCharacters: 10 });
    kept.add('12345');
    kept.add('x'.repeat(70));
    kept.add('67890');
    expect(kept.read()).toBe('12345\n[… 70 characters left out …]\n67890');
  });

  test('counts right over many small pieces', () => {
    const kept = createKeptText({ maxCharacters: 1000 });
    for (let index = 0; index < 100_000; index += 1) kept.add('ab');
    const text = kept.read();
    expect(text).toContain('[… 199000 characters left out …]');
    expect(text.length).toBeLessThan(1100);
  });

  test('can be read twice and added to in between', () => {
    const kept = createKeptText({ maxCharacters: 4 });
    kept.add('abcdef');
    expect(kept.read()).toBe('ab\n[… 2 characters left out …]\nef');
    kept.add('gh');
    expect(kept.read()).toBe('ab\n[… 4 characters left out …]\ngh');
  });

  test('never cuts a character in two', () => {
    const kept = createKeptText({ maxCharacters: 6 });
    kept.add('ab😀cdefgh😀x');
    expect(kept.read().isWellFormed()).toBe(true);
  });
});

test('one line has no line ends, no control characters and a length', () => {
  expect(oneLine('a\n\tb\u001b[1m  c ', 50)).toBe('a b [1m c');
  expect(oneLine('x'.repeat(100), 10)).toBe('xxxxxxxxx…');
});

test('the last line is the last that says something', () => {
  expect(lastLine('one\ntwo\n  \n')).toBe('two');
  expect(lastLine(' \n')).toBeNull();
});
