import { expect, test } from 'vitest';
import { OutputEnd } from './output-end.ts';

const asItIs = (text: string) => text;

test('a short text is kept whole', () => {
  const output = new OutputEnd();
  for (const line of ['one', '', 'two']) output.add(line);
  expect(output.read(asItIs)).toEqual({ text: 'one\n\ntwo', cut: false });
});

test('of a long one the end is kept, and no half of what is redacted', () => {
  const output = new OutputEnd();
  for (let number = 0; number < 100_000; number += 1) output.add(`line ${number} with-a-secret`);
  const { text, cut } = output.read((all) => all.replaceAll('with-a-secret', '[redacted]'));
  expect(cut).toBe(true);
  expect(text).toHaveLength(16 * 1_024);
  expect(text.endsWith('line 99999 [redacted]')).toBe(true);
  expect(text).not.toContain('secret');
});
