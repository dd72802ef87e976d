import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findLogin, lendLogin } from './login.ts';

let home: string;
let stateDirectory: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "awo-claude's-login-"));
  stateDirectory = join(home, 'state');
  await mkdir(stateDirectory);
});
afterEach(() => rm(home, { recursive: true, force: true }));

const lend = async (environment: Record<string, string>, platform: NodeJS.Platform = 'linux') => {
  const login = await findLogin({ HOME: home, ...environment }, platform);
  return { login, lent: await lendLogin({ login, environment: { HOME: home }, stateDirectory }) };
};

test('a key is said by a command, and is gone afterwards', async () => {
  const { lent } = await lend({ ANTHROPIC_API_KEY: 'the key' });
  expect(execFileSync('/bin/sh', ['-c', lent.keyHelper ?? ''], { encoding: 'utf8' })).toBe('the key');
  expect((await stat(join(stateDirectory, 'model-key'))).mode & 0o777).toBe(0o600);
  await lent.takeBack();
  expect(await readdir(stateDirectory)).toEqual([]);
});

test.each([
  ['in the home folder', '.claude', false],
  ['in a folder of its own', 'elsewhere', true],
])('a login %s is lent, comes home renewed, and is gone afterwards', async (_where, name, own) => {
  const folder = join(home, name);
  await mkdir(folder);
  await writeFile(join(folder, '.credentials.json'), '{"token":"old"}');
  const { login, lent } = await lend(own ? { CLAUDE_CONFIG_DIR: folder } : {});
  expect(login.kind).toBe('file');
  await writeFile(join(stateDirectory, '.credentials.json'), '{"token":"new"}');
  await lent.takeBack();
  expect(await readFile(join(folder, '.credentials.json'), 'utf8')).toContain('new');
  expect(await readdir(stateDirectory)).toEqual([]);
});

test('the key chain of macOS opens for the home of the user only', async () => {
  const { login, lent } = await lend({}, 'darwin');
  expect({ kind: login.kind, home: lent.home }).toEqual({ kind: 'key_chain', home });
});

test.each([
  [{}, 'none'],
  [{ CLAUDE_CODE_USE_BEDROCK: '1' }, 'cloud'],
  [{ ANTHROPIC_AUTH_TOKEN: 'x', ANTHROPIC_API_KEY: 'y' }, 'token'],
])('%j is %s, and nothing is lent', async (environment, kind) => {
  const { login, lent } = await lend(environment);
  expect({ kind: login.kind, helper: lent.keyHelper, home: lent.home }).toEqual({ kind, helper: null, home: null });
  expect(await readdir(stateDirectory)).toEqual([]);
});
