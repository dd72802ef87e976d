import { expect, test } from 'vitest';
import { withTrailer } from './commit-message.ts';

test.each([
  ['fix: a crash', 'fix: a crash\n\nWork-Order: wo-1'],
  ['feat: x\n\nBecause.\n', 'feat: x\n\nBecause.\n\nWork-Order: wo-1'],
  ['feat: x\n\nCo-authored-by: Ada <a@b.c>', 'feat: x\n\nCo-authored-by: Ada <a@b.c>\nWork-Order: wo-1'],
  ['feat: x\n\nNote: this\nis prose', 'feat: x\n\nNote: this\nis prose\n\nWork-Order: wo-1'],
  ['feat: x\n\nWork-Order: wo-1', 'feat: x\n\nWork-Order: wo-1'],
])('%j becomes %j', (message, whole) => {
  expect(withTrailer(message, 'Work-Order: wo-1')).toBe(whole);
});
