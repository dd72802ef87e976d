import { expect, test } from 'vitest';
import { Redactor } from './redact.ts';
import { secretsInDiff } from './secrets-in-diff.ts';

const VALUE = 'a1-b2-c3-d4-e5-f6';
const redactor = new Redactor([{ name: 'GITHUB_TOKEN', value: VALUE }]);
const diff = (path: string, ...lines: readonly string[]) =>
  [
    `diff --git a/${path} b/${path}`,
    'index 1..2 100644',
    `--- a/${path}`,
    `+++ b/${path}`,
    '@@ -1 +1 @@',
    ...lines,
    '',
  ].join('\n');

test('names the files that a secret comes into, by the added lines', () => {
  const text = [
    diff('src/clean.ts', '+nothing', '-nothing'),
    diff('src/new.ts', ' before', `+const token = '${VALUE}';`),
    diff('there before.ts', ` ${VALUE}`, '+another line'),
    diff('taken-away.ts', `-${VALUE}`),
    diff('over-lines.txt', `+${VALUE.slice(0, 9)}`, `+${VALUE.slice(9)}`),
  ].join('');
  expect(secretsInDiff(text, redactor)).toEqual([
    { path: 'src/new.ts', names: ['GITHUB_TOKEN'] },
    { path: 'over-lines.txt', names: ['GITHUB_TOKEN'] },
  ]);
});

test('sees a secret that is the name of a file, and does not say it', () => {
  const renamed = `diff --git a/x b/${VALUE}\nsimilarity index 100%\nrename from x\nrename to ${VALUE}\n`;
  const found = { path: '[redacted GITHUB_TOKEN]', names: ['GITHUB_TOKEN'] };
  expect(secretsInDiff(diff(VALUE, '+a'), redactor)).toEqual([found]);
  expect(secretsInDiff(renamed, redactor)).toEqual([found]);
});

test('an empty change holds none', () => {
  expect(secretsInDiff('', redactor)).toEqual([]);
});
