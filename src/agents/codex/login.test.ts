import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { codexEnvironment, codexNeeds } from './environment.ts';
import { findLogin, lendLogin } from './login.ts';

let folder: string;
let home: { readonly HOME: string };
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'awo-codex-login-'));
  home = { HOME: join(folder, 'home') };
  file = join(folder, 'home', '.codex', 'auth.json');
  await mkdir(join(folder, 'home', '.codex'), { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const key = (text: string): object => ({ kind: 'key', key: text });

test('its own key goes before its login, and its login before the general key', async () => {
  expect(await findLogin(home)).toEqual({ kind: 'none' });
  expect(await findLogin({ ...home, OPENAI_API_KEY: 'general' })).toEqual(key('general'));
  await writeFile(file, '{}');
  expect(await findLogin({ ...home, OPENAI_API_KEY: 'general' })).toEqual({ kind: 'file', file });
  expect(await findLogin({ ...home, OPENAI_API_KEY: 'general', CODEX_API_KEY: 'own' })).toEqual(key('own'));
});

test('its login is in CODEX_HOME where that is set', async () => {
  await writeFile(join(folder, 'auth.json'), '{}');
  expect(await findLogin({ ...home, CODEX_HOME: folder })).toEqual({ kind: 'file', file: join(folder, 'auth.json') });
});

test('its login is never taken to another address', async () => {
  await writeFile(file, '{}');
  const elsewhere = { ...home, OPENAI_BASE_URL: 'https://gateway.example/v1' };
  expect(await findLogin(elsewhere)).toEqual({ kind: 'not_needed' });
  expect(await findLogin({ ...elsewhere, OPENAI_API_KEY: 'general' })).toEqual(key('general'));
});

test('a login is lent for a run, and one of an earlier run is taken away', async () => {
  await writeFile(file, '{"tokens":{}}');
  await lendLogin({ kind: 'file', file }, folder);
  expect(await readFile(join(folder, 'auth.json'), 'utf8')).toBe('{"tokens":{}}');
  await lendLogin({ kind: 'not_needed' }, folder);
  await expect(readFile(join(folder, 'auth.json'))).rejects.toThrow('ENOENT');
});

test('the program gets its key and what it needs of the environment, and nothing else', () => {
  const run = { homeDirectory: '/home', temporaryDirectory: '/tmp/1', stateDirectory: '/state' };
  const environment = {
    PATH: '/a/node_modules/.bin:/usr/bin',
    HOME: '/root',
    LANG: 'C',
    LC_ALL: 'C',
    https_proxy: 'http://proxy.example',
    SSL_CERT_FILE: '/certificates',
    OPENAI_API_KEY: 'general',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWO_API_TOKEN: 'secret',
  };
  expect(codexEnvironment({ environment, run, login: { kind: 'key', key: 'general' } })).toEqual({
    PATH: '/usr/bin',
    HOME: '/home',
    TMPDIR: '/tmp/1',
    CODEX_HOME: '/state',
    CODEX_API_KEY: 'general',
    LANG: 'C',
    LC_ALL: 'C',
    https_proxy: 'http://proxy.example',
    SSL_CERT_FILE: '/certificates',
  });
});

test('what it must reach and see', () => {
  const environment = { SSL_CERT_FILE: '/certificates', SSL_CERT_DIR: 'relative' };
  expect(codexNeeds({ environment, login: { kind: 'file', file }, root: '/vendor' })).toEqual({
    readable: ['/vendor', '/certificates'],
    hosts: ['chatgpt.com', 'auth.openai.com', 'api.openai.com'],
  });
  const elsewhere = { OPENAI_BASE_URL: 'https://gateway.example:8443/v1' };
  expect(codexNeeds({ environment: elsewhere, login: { kind: 'not_needed' }, root: null })).toEqual({
    readable: [],
    hosts: ['gateway.example:8443'],
  });
  expect(codexNeeds({ environment: {}, login: { kind: 'key', key: 'x' }, root: null }).hosts).toEqual([
    'api.openai.com',
  ]);
});
