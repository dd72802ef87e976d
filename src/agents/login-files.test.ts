import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lendLogins } from './login-files.ts';

let folder: string;
let file: { from: string; to: string };
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'awo-login-'));
  file = { from: join(folder, 'login.json'), to: join(folder, 'state', 'deep', 'login.json') };
  await writeFile(file.from, '{"tokens":{"access":"old","expires":1}}', { mode: 0o600 });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('a login is lent as a file that only its owner reads', async () => {
  await lendLogins([file, { from: join(folder, 'absent'), to: join(folder, 'none') }]);
  expect(await readFile(file.to, 'utf8')).toContain('old');
  expect((await stat(file.to)).mode & 0o777).toBe(0o600);
});

test('a renewed login comes home', async () => {
  const lent = await lendLogins([file]);
  await writeFile(file.to, '{"tokens":{"access":"new","expires":2}}');
  await lent.takeBack();
  expect(await readFile(file.from, 'utf8')).toContain('new');
  expect((await stat(file.from)).mode & 0o777).toBe(0o600);
});

test.each([
  ['of another form', '{"tokens":{"access":"new","expires":2,"host":"elsewhere"}}'],
  ['of other types', '{"tokens":{"access":["new"],"expires":2}}'],
  ['no JSON', 'new'],
])('what is %s stays out', async (_what, content) => {
  const lent = await lendLogins([file]);
  await writeFile(file.to, content);
  await lent.takeBack();
  expect(await readFile(file.from, 'utf8')).toContain('old');
});

test('a login that the user has renewed meanwhile is left alone', async () => {
  const lent = await lendLogins([file]);
  await writeFile(file.to, '{"tokens":{"access":"new","expires":2}}');
  await writeFile(file.from, '{"tokens":{"access":"of the user","expires":3}}');
  await lent.takeBack();
  expect(await readFile(file.from, 'utf8')).toContain('of the user');
});
