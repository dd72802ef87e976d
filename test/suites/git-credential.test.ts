import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createPlainGitForge } from '../../src/forges/plain-git/forge.ts';
import type { Credentials } from '../../src/ports/credentials.ts';
import { git } from '../../src/process/git.ts';
import { reapRecorded } from '../../src/process/process-records.ts';
import { runProcessTree } from '../../src/process/spawn.ts';
import { createNoConfinement } from '../../src/sandboxes/confinement/none.ts';
import { createSandboxes } from '../../src/sandboxes/registry.ts';
import type { AddedRepository, FakeGithub } from '../fake-github/server.ts';
import { startFakeGithub } from '../fake-github/server.ts';
import { filesWith, processesShowing } from './canary.ts';
import { gitAs, NO_CREDENTIALS, LIMITS, NO_FLOOR, SILENT_LOG, temporaryFolder } from './git-fixtures.ts';
import { codeOf } from './sandbox-fixtures.ts';

// In two parts, so that no file of this test holds it.
const TOKEN = ['canary', 'of-git-credential'].join('-');
const credentials: Credentials = { ...NO_CREDENTIALS, tokenFor: () => Promise.resolve(TOKEN) };
const signal = new AbortController().signal;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let github: FakeGithub;
let engine: AddedRepository;
let shown: string[];

beforeEach(async () => {
  folder = await temporaryFolder();
  github = await startFakeGithub({ directory: join(folder.path, 'github') });
  github.addToken(TOKEN);
  engine = await github.addRepository('engine', { isPrivate: true });
  shown = [];
  github.onGitRequest = () => void shown.push(...processesShowing(TOKEN));
});
afterEach(async () => {
  await github[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

describe('the token of a git command', () => {
  test.each(['git_worktree', 'git_branch'] as const)(
    'opens a private repository to a sandbox %s, and shows nowhere',
    async (type) => {
      const dataDirectory = join(folder.path, 'data');
      const provider = createSandboxes({
        dataDirectory,
        credentials,
        confinement: createNoConfinement('for a test'),
        log: SILENT_LOG,
        limits: LIMITS,
        disk: NO_FLOOR,
        runProcessTree,
        reapRecorded,
      }).find(type);
      const sandbox = await provider.create({
        workOrderId: 'wo-one',
        repositoryUrl: engine.url,
        baseBranch: null,
        signal,
        onProgress: () => undefined,
      });
      expect(sandbox.baseCommit).toBe(engine.firstCommit);
      expect(github.requests).toContain('git /git-upload-pack');
      expect(shown).toEqual([]);
      expect(filesWith(TOKEN, dataDirectory)).toEqual([]);
    },
  );

  test('opens a private repository to a look and a push', async () => {
    gitAs(engine.clone, 'commit', '-q', '--allow-empty', '-m', 'Work');
    const commit = gitAs(engine.clone, 'rev-parse', 'HEAD');
    const forge = createPlainGitForge({ credentials });
    const fromRepository = join(engine.clone, '.git');
    await forge.push({ repositoryUrl: engine.url, fromRepository, branch: 'feat', replaces: [], commit, signal });
    expect(await forge.branches({ repositoryUrl: engine.url, prefix: '', signal })).toEqual(['feat', 'main']);
    expect(shown).toEqual([]);
    expect(filesWith(TOKEN, engine.clone)).toEqual([]);
  });

  test('that is not accepted is an error without it', async () => {
    const wrong = { ...credentials, tokenFor: () => Promise.resolve('canary-not-accepted') };
    const branches = createPlainGitForge({ credentials: wrong }).branches({
      repositoryUrl: engine.url,
      prefix: '',
      signal,
    });
    const [code, message] = await codeOf(branches);
    expect(code).toBe('forge_auth_required');
    expect(message).not.toContain('canary');
  });

  test('is asked for only where it counts', async () => {
    const asked: string[] = [];
    const listening: Credentials = {
      ...NO_CREDENTIALS,
      tokenFor: async ({ repositoryUrl }) => (asked.push(repositoryUrl), TOKEN),
    };
    const forge = createPlainGitForge({ credentials: listening });
    for (const repositoryUrl of ['ssh://git@127.0.0.1:1/ada/engine.git', engine.repository.path, engine.url]) {
      await forge.branches({ repositoryUrl, prefix: '', signal }).catch(() => undefined);
    }
    expect(asked).toEqual([engine.url]);
  });

  test('stays with its server when that one sends git elsewhere', async () => {
    const redirecting = createServer((request, response) => {
      response.writeHead(302, { location: `http://${github.host}${request.url}` }).end();
    });
    await new Promise<void>((resolve) => redirecting.listen(0, '127.0.0.1', resolve));
    const address = redirecting.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const remote = `http://127.0.0.1:${port}/ada/engine.git`;
    await expect(git({ args: ['ls-remote', '--', remote], remote, token: TOKEN })).rejects.toThrow(
      'returned error: 302',
    );
    expect(github.requests).toEqual([]);
    await new Promise((resolve) => redirecting.close(resolve));
  });
});

test('the search would find a token that shows', async () => {
  const child = spawn('sleep', ['60'], { env: { PATH: process.env['PATH'], SHOWN: TOKEN } });
  await once(child, 'spawn');
  expect(processesShowing(TOKEN)).toEqual([expect.stringContaining('environ of sleep')]);
  child.kill();
  await once(child, 'exit');
});
