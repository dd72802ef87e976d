import { access, chmod, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { WorkOrderError } from '../domain/errors.ts';
import { git, gitLine, gitVersion, isObjectId } from './git.ts';
import { gitEnvironment, protocolOf, remoteProgram, shellLine } from './git-environment.ts';

let folder = '';
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'awo-process-git-')));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

async function failure(promise: Promise<unknown>): Promise<WorkOrderError> {
  const error: unknown = await promise.catch((caught: unknown) => caught);
  if (error instanceof WorkOrderError) return error;
  throw new Error('it did not fail');
}

/** Puts a program named git before the real one on PATH. */
async function standInForGit(script: string): Promise<void> {
  const bin = join(folder, 'bin');
  await mkdir(bin);
  await writeFile(join(bin, 'git'), `#!/bin/sh\n${script}\n`);
  await chmod(join(bin, 'git'), 0o755);
  vi.stubEnv('PATH', `${bin}${delimiter}${process.env['PATH']}`);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

describe('the environment', () => {
  test('lets neither the user, the service nor the repository configure git', async () => {
    const repository = join(folder, 'r.git');
    const mark = join(folder, 'ran');
    await writeFile(join(folder, '.gitconfig'), `[alias]\n\tmark = !touch ${mark}\n[user]\n\tname = Somebody\n`);
    vi.stubEnv('HOME', folder);
    vi.stubEnv('GIT_CONFIG_GLOBAL', join(folder, '.gitconfig'));
    vi.stubEnv('GIT_AUTHOR_NAME', 'Somebody');
    await git({ args: ['init', '--quiet', '--bare', '--', repository] });
    await mkdir(join(repository, 'hooks'), { recursive: true });
    await writeFile(join(repository, 'hooks', 'reference-transaction'), `#!/bin/sh\ntouch ${mark}\n`);
    await chmod(join(repository, 'hooks', 'reference-transaction'), 0o755);
    const tree = await gitLine({ gitDirectory: repository, args: ['mktree'], stdin: '' });
    const commit = await gitLine({ gitDirectory: repository, args: ['commit-tree', tree], stdin: 'x' });
    await git({ gitDirectory: repository, args: ['update-ref', 'refs/heads/main', commit] });
    const author = await gitLine({ gitDirectory: repository, args: ['log', '-1', '--format=%an <%ae>', commit] });
    expect(author).toBe('Agent Work Orders <agent-work-orders@localhost>');
    expect((await failure(git({ gitDirectory: repository, args: ['mark'] }))).code).toBe('git_failed');
    expect(await exists(mark)).toBe(false);
  });

  test('passes only what is named, and the way to the network only to commands that need it', () => {
    const outside = { PATH: '/bin', HOME: '/home/ada', SECRET: 'x', HTTPS_PROXY: 'http://p', SSH_AUTH_SOCK: '/s' };
    const here = gitEnvironment({ outside });
    expect(Object.keys(here)).not.toEqual(expect.arrayContaining(['SECRET']));
    expect(here).not.toHaveProperty('HOME');
    expect(here).not.toHaveProperty('HTTPS_PROXY');
    expect(here['GIT_ALLOW_PROTOCOL']).toBe('none');
    const there = gitEnvironment({ outside, remote: 'https://github.com/a/b' });
    expect(there).toMatchObject({ HTTPS_PROXY: 'http://p', SSH_AUTH_SOCK: '/s', GIT_ALLOW_PROTOCOL: 'https' });
  });

  test.each([
    ['/srv/a', 'file'],
    ['file:///srv/a', 'file'],
    ['https://h/a', 'https'],
    ['http://127.0.0.1:3000/a', 'http'],
    ['http://localhost/a', 'http'],
    ['http://github.com/a', 'none'],
    ['ssh://git@h/a', 'ssh'],
    ['git@h:a', 'ssh'],
    ['ext::sh', 'none'],
    ['git://h/a', 'none'],
  ])('%s may use the protocol %s only', (url, protocol) => {
    expect(protocolOf(url)).toBe(protocol);
  });

  test('a transport that the repository asks for is refused by git', async () => {
    const mark = join(folder, 'ran');
    const remote = `ext::sh -c touch% ${mark}`;
    const error = await failure(git({ args: ['ls-remote', '--', remote], remote }));
    expect(error.code).toBe('repository_unreachable');
    expect(error.message).toContain("transport 'ext' not allowed");
    expect(await exists(mark)).toBe(false);
  });

  test('names the exact path of a local repository as safe, to both ends', () => {
    const { GIT_CONFIG_COUNT: count, ...rest } = gitEnvironment({ outside: {}, remote: '/srv/a b.git' });
    const names = Object.keys(rest).filter((name) => rest[name] === 'safe.directory');
    const values = names.map((name) => rest[name.replace('KEY', 'VALUE')]);
    expect(values).toEqual(['/srv/a b.git', '/srv/a b.git/.git']);
    expect(Number(count)).toBeGreaterThan(2);
    expect(remoteProgram('upload-pack', '/srv/a b.git')).toContain("'safe.directory=/srv/a b.git' '-c'");
    expect(remoteProgram('upload-pack', 'https://h/a')).toBe("'git' 'upload-pack'");
  });

  test('a shell line is split into the same words again', async () => {
    const words = ['printf', '%s\\n', "it's", '$(touch x)', 'a b', ''];
    await standInForGit(`sh -c "$1"`);
    expect(await gitLine({ args: [shellLine(words)] })).toBe("it's\n$(touch x)\na b");
  });
});

describe('an end that is not good', () => {
  test("has git's own words, bounded", async () => {
    const error = await failure(git({ gitDirectory: join(folder, 'none'), args: ['status'] }));
    expect(error.code).toBe('git_failed');
    expect(error.message).toMatch(/^git status failed: fatal: not a git repository/);
  });

  test('is an answer where the caller takes it for one', async () => {
    await git({ args: ['init', '--quiet', '--bare', '--', join(folder, 'r')] });
    const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', 'main'];
    const { exitCode } = await git({ gitDirectory: join(folder, 'r'), args, acceptedExitCodes: [0, 1] });
    expect(exitCode).toBe(1);
  });

  test('is said when there is no git at all', async () => {
    vi.stubEnv('PATH', folder);
    expect((await failure(git({ args: ['version'] }))).message).toMatch(/could not be started/);
    expect(await gitVersion()).toBeNull();
  });

  test('too much output ends the command, and is cut where that is wanted', async () => {
    await standInForGit('trap "" PIPE; while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done');
    const command = { args: ['log'], maxOutputBytes: 100_000 };
    expect((await failure(git(command))).message).toBe('git log printed too much.');
    const { stdout, cut } = await git({ ...command, onTooMuch: 'cut' });
    expect(stdout).toHaveLength(100_000);
    expect(cut).toBe(true);
  });

  test('exactly as much as allowed is not too much', async () => {
    await standInForGit('printf 12345');
    expect(await git({ args: ['x'], maxOutputBytes: 5 })).toMatchObject({ cut: false });
  });
});

describe('an end on request', () => {
  test('takes the helpers of git with it', async () => {
    // Both ignore a polite end. The helper holds a pipe: its first byte says that it runs, its end that it is dead.
    const pipe = join(folder, 'pipe');
    execFileSync('sh', ['-c', 'mkfifo "$0"', pipe]);
    await standInForGit(`trap '' TERM; (exec 3>'${pipe}'; echo up >&3; exec sleep 300) & wait`);
    const controller = new AbortController();
    const running = failure(git({ args: ['fetch'], signal: controller.signal }));
    for await (const _ of createReadStream(pipe)) controller.abort();
    expect((await running).code).toBe('cancelled');
  });

  test('before the start starts nothing', async () => {
    await standInForGit(`touch ${folder}/ran`);
    expect((await failure(git({ args: ['x'], signal: AbortSignal.abort() }))).code).toBe('cancelled');
    expect(await exists(join(folder, 'ran'))).toBe(false);
  });

  test('a remote that never answers is unavailable', async () => {
    await standInForGit('exec sleep 300');
    const error = await failure(git({ args: ['ls-remote'], remote: 'https://h/a', timeoutMs: 50 }));
    expect(error.code).toBe('forge_unavailable');
    expect(error.message).toContain('https://h/a');
  });
});

test('the version is that of the git that runs', async () => {
  expect(await gitVersion()).toMatch(/^\d+\.\d+/);
});

test('only full names are object ids', () => {
  expect(isObjectId('a'.repeat(40))).toBe(true);
  expect(isObjectId('a'.repeat(64))).toBe(true);
  for (const text of ['HEAD', 'a'.repeat(39), `${'a'.repeat(40)}\n`, `-${'a'.repeat(39)}`])
    expect(isObjectId(text)).toBe(false);
});
