import { expect, test } from 'vitest';
import { limitEnd } from './rest-failure.ts';

const now = Date.parse('2030-01-01T00:00:00.000Z');
const endOf = (status: number, headers: Readonly<Record<string, string>>) => {
  const end = limitEnd({ status, headers: new Headers(headers), body: null });
  return end === null ? null : new Date(end).toISOString();
};

test.each([
  ['a date', 429, { 'retry-after': 'Tue, 01 Jan 2030 00:00:10 GMT' }, '2030-01-01T00:00:10.000Z'],
  ['the time of a limit', 429, { 'ratelimit-reset': `${now / 1000 + 30}` }, '2030-01-01T00:00:30.000Z'],
  [
    'the later of both',
    429,
    { 'retry-after': 'Tue, 01 Jan 2030 00:00:10 GMT', 'ratelimit-reset': `${now / 1000 + 30}` },
    '2030-01-01T00:00:30.000Z',
  ],
  ['an outage whose limit is another matter', 503, { 'ratelimit-reset': `${now / 1000}` }, null],
  ['nothing', 429, {}, null],
  ['what is no time', 429, { 'retry-after': 'soon', 'ratelimit-reset': '9'.repeat(30) }, null],
])('the end of a limit from %s', (_what, status, headers, end) => {
  expect(endOf(status, headers)).toBe(end);
});

test('the end of a limit from seconds', () => {
  const before = Date.now();
  const end = limitEnd({ status: 503, headers: new Headers({ 'retry-after': '90' }), body: null }) ?? 0;
  expect(end - before).toBeGreaterThanOrEqual(90_000);
  expect(end - Date.now()).toBeLessThanOrEqual(90_000);
});
