import { expect, test } from 'vitest';
import { formatAge, formatBytes, formatDuration } from './format.ts';

test.each([
  [-1, '0.0 s'],
  [0.04, '0.0 s'],
  [9.94, '9.9 s'],
  [9.96, '10 s'],
  [59.6, '1 min 00 s'],
  [185, '3 min 05 s'],
  [7620, '2 h 07 min'],
])('%d seconds are %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test.each([
  [-5, '0 s ago'],
  [59_999, '59 s ago'],
  [60_000, '1 min ago'],
  [7_200_000, '2 h ago'],
  [172_800_000, '2 d ago'],
])('%d milliseconds are %s', (milliseconds, text) => {
  expect(formatAge(milliseconds)).toBe(text);
});

test.each([
  [999, '999 B'],
  [1500, '1.5 kB'],
  [25_000_000_000, '25 GB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
