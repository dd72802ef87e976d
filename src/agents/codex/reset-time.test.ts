import { expect, test } from 'vitest';
import { resetTimeIn } from './reset-time.ts';

const now = new Date(2026, 10, 24, 23, 30);

test.each([
  ['or try again at Nov 25th, 2026 12:32 AM.', new Date(2026, 10, 25, 0, 33)],
  ['Try again at Dec 1st, 2026 3:05 PM.', new Date(2026, 11, 1, 15, 6)],
  ['Try again at 11:58 PM.', new Date(2026, 10, 24, 23, 59)],
  ['Try again at 12:10 PM.', new Date(2026, 10, 24, 12, 11)],
  ['Please try again in 1.5s.', new Date(now.getTime() + 1500)],
  ['Please try again in 2m30s.', new Date(now.getTime() + 150_000)],
  ['Please try again in 6ms.', new Date(now.getTime() + 6)],
  ['try again in 3 days 2 hours', new Date(now.getTime() + 74 * 3_600_000)],
])('%s', (message, time) => {
  expect(resetTimeIn(message, now)).toBe(time.toISOString());
});

test.each(['Try again later.', 'try again at some time', 'Try again at Foo 1st, 2026 3:05 PM.', ''])(
  'no time in %j',
  (message) => {
    expect(resetTimeIn(message, now)).toBeNull();
  },
);
