import { expect, test } from 'vitest';
import { createRefusals } from './refusals.ts';

test('tells of the same target once a minute', () => {
  const told: string[] = [];
  let nowMs = 0;
  const refusals = createRefusals(
    (target) => told.push(target),
    () => nowMs,
  );
  for (const [target, atMs] of [
    ['a', 0],
    ['a', 59_999],
    ['b', 59_999],
    ['a', 60_000],
  ] as const) {
    nowMs = atMs;
    refusals.tell(target);
  }
  expect(told).toEqual(['a', 'b', 'a']);
});

test('tells of 200 different targets at most', () => {
  const told: string[] = [];
  const refusals = createRefusals((target) => told.push(target));
  for (let number = 0; number < 1000; number += 1) refusals.tell(String(number));
  expect(told).toHaveLength(200);
});
