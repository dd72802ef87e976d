import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { installFolder } from '../../scripts/install-agents.ts';
import { INSTALL_PROBLEM } from './programs.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'awo-install-'));
  await writeFile(join(folder, 'package.json'), '{}');
  await writeFile(join(folder, 'package-lock.json'), '{}');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A program in npm's place, which counts its calls in a file. */
async function npm(script: string): Promise<void> {
  const file = join(folder, 'npm');
  await writeFile(file, `#!/bin/sh\necho "$*" >> "$COUNT"\n${script}\n`);
  await chmod(file, 0o755);
}

async function install(): Promise<number> {
  const count = join(folder, 'count');
  const env = { PATH: '/usr/bin:/bin', COUNT: count };
  installFolder({ folder, command: ['ci'], what: 'a program', env, npm: join(folder, 'npm') });
  return (await readFile(count, 'utf8')).trim().split('\n').length;
}

const problem = () => readFile(join(folder, INSTALL_PROBLEM), 'utf8');

test('installs once, and again only when the lock has changed', async () => {
  await npm('exit 0');
  expect(await install()).toBe(1);
  expect(await install()).toBe(1);
  await writeFile(join(folder, 'package-lock.json'), '{"changed":true}');
  expect(await install()).toBe(2);
  expect(await readFile(join(folder, 'count'), 'utf8')).toMatch(/^ci /);
});

test('keeps npm’s words when it fails, tries again the next time, and forgets them then', async () => {
  await npm(
    'printf "npm warn old\\nnpm error code ENOTFOUND\\nnpm error no such host\\nnpm error A complete log of this run is in x\\n" >&2; exit 1',
  );
  expect(await install()).toBe(1);
  expect(await problem()).toBe('code ENOTFOUND no such host');
  await npm('exit 0');
  expect(await install()).toBe(2);
  await expect(problem()).rejects.toThrow('ENOENT');
});
