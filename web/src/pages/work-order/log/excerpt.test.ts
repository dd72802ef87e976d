import { expect, test } from 'vitest';
import { excerptOf } from './excerpt.ts';
import { piecesOf } from './pieces.ts';

test('a short text is shown whole, without the end of its last line', () => {
  expect(excerptOf('one\ntwo\n')).toEqual({ text: 'one\ntwo', more: null });
});

test('a long text is shown in part, and it is said how much is missing', () => {
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`).join('\n');
  expect(excerptOf(lines)).toEqual({ text: lines.split('\n').slice(0, 8).join('\n'), more: '22 more lines' });
  expect(excerptOf('x'.repeat(1_300))).toEqual({ text: 'x'.repeat(1_200), more: '100 more characters' });
});

test('nothing is cut within a character', () => {
  expect(excerptOf(`${'x'.repeat(1_199)}😀${'x'.repeat(99)}`).text).toBe('x'.repeat(1_199));
  const text = `${'x'.repeat(32 * 1_024 - 1)}😀${'y'.repeat(50_000)}\n${'z\n'.repeat(40_000)}`;
  const pieces = piecesOf(text);
  expect(pieces.map((piece) => piece.text).join('')).toBe(text);
  for (const piece of pieces) {
    expect(piece.text.isWellFormed()).toBe(true);
    expect(piece.text.length).toBeLessThanOrEqual(32 * 1_024);
  }
});
