import { expect, test } from 'vitest';
import { Redactor } from '../domain/redact.ts';
import { LineRedactor } from './line-redactor.ts';

const VALUE = 'Ab3xYz90KlmNqrSt56UvWx78';
const HIDDEN = '[redacted MY_TOKEN]';

function lines() {
  const redactor = new LineRedactor(new Redactor([{ name: 'MY_TOKEN', value: VALUE }]));
  const push = (message: string, event = 'text') =>
    redactor.push({ level: 'info', event, message }).map((line) => line.message);
  return { push, release: () => redactor.release().map((line) => line.message), redactor };
}

test.each([1, 2, 3, 7, 8, 23])('a secret in pieces of %i characters is seen by nobody', (size) => {
  const { push, release } = lines();
  const pieces = VALUE.match(new RegExp(`.{1,${size}}`, 'g')) ?? [];
  const shown = [...push('before '), ...pieces.flatMap((piece) => push(piece)), ...push('after'), ...release()];
  expect(shown).toEqual(['before ', ...pieces.map(() => HIDDEN), 'after']);
});

test.each([1, 5, 12])('a secret in base64, in pieces of %i characters, is seen by nobody', (size) => {
  const { push, release } = lines();
  const encoded = Buffer.from(`user:${VALUE}:`).toString('base64');
  const pieces = encoded.match(new RegExp(`.{1,${size}}`, 'g')) ?? [];
  const shown = [...pieces.flatMap((piece) => push(piece)), ...release()].join('');
  expect(shown).toContain(HIDDEN);
  // The digits that the secret alone decides: those before and after are shared with its neighbours.
  const [from, to] = [Math.ceil(('user:'.length * 8) / 6), Math.floor(((5 + VALUE.length) * 8) / 6)];
  for (let at = from; at + 8 <= to; at += 1) expect(shown).not.toContain(encoded.slice(at, at + 8));
});

test('a line that cannot begin one is let go at once', () => {
  expect(lines().push('nothing to see')).toEqual(['nothing to see']);
});

test('what was held back comes in its order, unchanged where it was no secret', () => {
  const { push, redactor } = lines();
  expect(push('ends in Ab3')).toEqual([]);
  expect(redactor.holding).toBe(true);
  expect(push('no, it does not')).toEqual(['ends in Ab3', 'no, it does not']);
  expect(push('ends in A')).toEqual([]);
  expect(push('of another event', 'message')).toEqual(['ends in A', 'of another event']);
  expect(redactor.holding).toBe(false);
});

test('a secret that another event comes between keeps at most seven characters', () => {
  const { push, release } = lines();
  const pieces = [VALUE.slice(0, 7), VALUE.slice(7, 12), VALUE.slice(12)];
  const shown = pieces.flatMap((piece) => push(piece).concat(push('between', 'message')));
  expect([...shown, ...release()]).toEqual([VALUE.slice(0, 7), 'between', HIDDEN, 'between', HIDDEN, 'between']);
});

test('data is looked at too', () => {
  const { redactor } = lines();
  const [line] = redactor.push({ level: 'info', event: 'tool_call', message: 'm', data: { input: { a: VALUE } } });
  expect(line?.data).toEqual({ input: { a: HIDDEN } });
});
