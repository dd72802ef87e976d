import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AgentCheck } from '../ports/agent.ts';
import { checkProgram } from './check-program.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'awo-check-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function install(script: string): Promise<void> {
  await rm(join(folder, 'program'), { force: true });
  await writeFile(join(folder, 'program'), `#!/bin/sh\necho asked >> "$COUNT"\n${script}\n`, { mode: 0o755 });
}

function check(loggedIn: boolean | null = true): Promise<AgentCheck> {
  return checkProgram(
    { path: join(folder, 'program'), problem: null },
    {
      program: 'The program',
      namedBy: null,
      install: 'Install it.',
      logIn: 'Log in.',
      tried: ['1.2.3'],
      versionArgs: ['--version'],
      environment: { PATH: '/usr/bin:/bin', COUNT: join(folder, 'count') },
      isLoggedIn: () => Promise.resolve(loggedIn),
    },
  );
}

const timesAsked = async (): Promise<number> =>
  (await readFile(join(folder, 'count'), 'utf8')).trim().split('\n').length;

test('a program is asked for its version once, until it is another file', async () => {
  await install('echo "program 1.2.3"');
  expect(await check()).toMatchObject({ available: true, version: '1.2.3', versionTried: true });
  expect(await check(false)).toMatchObject({ available: false, version: '1.2.3', nextStep: 'Log in.' });
  expect(await timesAsked()).toBe(1);
  await install('echo "program 1.2.4-beta, a longer line"');
  expect(await check(null)).toMatchObject({ available: true, version: '1.2.4-beta', versionTried: false });
  expect(await timesAsked()).toBe(2);
});

test('what did not start is tried again', async () => {
  await install('[ -e "$COUNT.there" ] || exit 3; echo 1.2.3');
  expect(await check()).toMatchObject({ available: false, problem: expect.stringContaining('does not start') });
  await writeFile(join(folder, 'count.there'), '');
  expect(await check()).toMatchObject({ available: true });
});
