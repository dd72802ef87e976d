import { expect, test } from 'vitest';
import { cached } from './cached.ts';

test('looks once in a while, and once for callers at the same time', async () => {
  let time = 0;
  let looks = 0;
  const get = cached({ maxAgeMs: 10, look: () => Promise.resolve((looks += 1)), now: () => time });
  expect(await Promise.all([get(), get()])).toEqual([1, 1]);
  time = 10;
  expect(await get()).toBe(1);
  time = 11;
  expect(await get()).toBe(2);
});
