import { expect, test } from 'vitest';
import type { StepDuration } from './usual-duration.ts';
import { usualDurations } from './usual-duration.ts';

function plans(...seconds: readonly number[]): readonly StepDuration[] {
  return seconds.map((duration_seconds) => ({ step: 'plan', duration_seconds }));
}

test('the median of the repository, where it has enough of its own', () => {
  expect(usualDurations(plans(40, 600, 20), plans(1, 1, 1, 1))).toEqual([
    { step: 'plan', median_seconds: 40, attempts: 3, of: 'repository' },
  ]);
  expect(usualDurations(plans(10, 20, 30, 40), [])).toMatchObject([{ median_seconds: 25 }]);
});

test('of everywhere where the repository has too few, and nothing where there are too few at all', () => {
  expect(usualDurations(plans(40, 50), plans(40, 50, 7))).toEqual([
    { step: 'plan', median_seconds: 40, attempts: 3, of: 'everywhere' },
  ]);
  expect(usualDurations([], plans(40, 50))).toEqual([]);
});

test('the newest fifty count', () => {
  const old = Array.from({ length: 100 }, () => 1);
  const fresh = Array.from({ length: 50 }, () => 9);
  expect(usualDurations(plans(...fresh, ...old), [])).toMatchObject([{ median_seconds: 9, attempts: 50 }]);
});
