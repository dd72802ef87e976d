import { expect, test } from 'vitest';
import { hidesCharacters, plainLine, plainPieces, plainText, visibleText } from './plain-text.ts';

test('text without anything special stays as it is', () => {
  const text = 'naïve 日本語 👩‍👩‍👧 e\u0301 שלום\n\tconst a = `<b>&amp;`;\n';
  expect(plainText(text)).toBe(text);
  expect(plainPieces(text)).toMatchObject([{ text }]);
});

test('a script tag is text like any other', () => {
  const text = '<script>alert(1)</script><img src=x onerror=alert(1)>';
  expect(plainPieces(text)).toMatchObject([{ text }]);
});

test('the colours of a terminal become styles, and nothing of them is left', () => {
  expect(plainPieces('\u001b[1m\u001b[31mFAIL\u001b[0m ok \u009b32mgreen\u001b[39m.')).toMatchObject([
    { text: 'FAIL', style: 'red' },
    { text: ' ok ' },
    { text: 'green', style: 'green' },
    { text: '.' },
  ]);
  expect(plainPieces('\u001b[38;5;31mnot red\u001b[38;2;31;31;31mneither')).toMatchObject([
    { text: 'not red' },
    { text: 'neither' },
  ]);
});

test.each([
  ['a link of a terminal', '\u001b]8;;https://evil.example\u001b\\click\u001b]8;;\u001b\\', 'click'],
  ['a title', '\u001b]0;root@host\u0007after', 'after'],
  ['a title in C1', '\u009d0;x\u009cafter', 'after'],
  ['moves of the cursor', 'one\u001b[2K\u001b[1A\u001b[10;10Htwo', 'onetwo'],
  ['a string of a device', '\u001bPq#0;2\u001b\\after', 'after'],
  ['a reset', '\u001bcafter', 'after'],
  ['an escape that never ends', '\u001b]8;;https://evil', '‹ESC›]8;;https://evil'],
  ['NUL and backspace', 'a\u0000b\bc', 'a‹NUL›b‹BS›c'],
  ['a carriage return that would overwrite', 'rm -rf /\rls', 'rm -rf /‹CR›ls'],
  ['an end of line of Windows', 'one\r\ntwo', 'one\ntwo'],
  ['an override of direction', 'a\u202egpj.exe\u202c', 'a‹U+202E›gpj.exe‹U+202C›'],
  ['isolates', '\u2066x\u2069', '‹U+2066›x‹U+2069›'],
  ['what takes no room', 'ad\u200bmin\ufeff\u2060\u00ad', 'ad‹U+200B›min‹U+FEFF›‹U+2060›‹U+00AD›'],
  ['tags that nobody sees', 'x\u{e0041}', 'x‹U+E0041›'],
  ['separators of lines', 'a\u2028b', 'a‹U+2028›b'],
  ['a half of a character', 'a\ud800b\udfff', 'a‹U+D800›b‹U+DFFF›'],
  ['a control of C1', 'a\u0085b', 'a‹U+0085›b'],
])('%s does nothing, and is seen', (_, text, shown) => {
  expect(plainText(text)).toBe(shown);
});

test('a placeholder says what it stands for', () => {
  expect(plainPieces('\u202e')).toMatchObject([{ text: '‹U+202E›', placeholder: 'U+202E' }]);
});

test('of source text nothing is left out', () => {
  expect(visibleText('const red = "\u001b[31m"; // \u202e ok\tend')).toBe(
    'const red = "‹ESC›[31m"; // ‹U+202E› ok\tend',
  );
  expect(hidesCharacters('if (admin\u200b)')).toBe(true);
  expect(hidesCharacters('naïve\t日本語')).toBe(false);
});

test('a line is one line', () => {
  expect(plainLine('  one\n\ttwo\u0000 ')).toBe('one two‹NUL›');
});

test('a hostile megabyte takes no time', () => {
  const started = performance.now();
  plainText('\u001b]'.repeat(500_000));
  plainText('\u001b['.repeat(500_000));
  plainText(`\u001b[${'1'.repeat(1_000_000)}`);
  expect(performance.now() - started).toBeLessThan(5_000);
});
