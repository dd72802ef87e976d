import { execFileSync } from 'node:child_process';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  gitAs,
  makeRemote,
  NO_CREDENTIALS,
  sandboxesIn,
  temporaryFolder,
  writeFiles,
} from '../../test/suites/git-fixtures.ts';
import { AT } from '../../test/suites/sandbox-fixtures.ts';
import { createPlainGitForge } from '../forges/plain-git/forge.ts';
import type { SandboxType } from '../domain/work-order.ts';
import { detectConfinement } from './confinement/detect.ts';
import { mirrorName } from './mirror.ts';

const confined = await detectConfinement('auto');
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let remote: Awaited<ReturnType<typeof makeRemote>>;

beforeEach(async () => {
  folder = await temporaryFolder();
  remote = await makeRemote(join(folder.path, 'forge'));
});
afterEach(() => folder[Symbol.asyncDispose]());

function create(confinement = confined, type: SandboxType = 'git_worktree', id = 'one') {
  return sandboxesIn(join(folder.path, 'data'), confinement)
    .find(type)
    .create({
      workOrderId: `wo-${id}`,
      repositoryUrl: remote.url,
      baseBranch: null,
      signal: new AbortController().signal,
      onProgress: () => undefined,
    });
}

describe('what a sandbox shares', () => {
  test('of git_worktree: the objects of the mirror, whose private ref keeps them from a prune', async () => {
    const sandbox = await create();
    const mirror = join(folder.path, 'data', 'mirrors', mirrorName(remote.url));
    expect(gitAs(mirror, 'for-each-ref', '--format=%(refname) %(objectname)', 'refs/awo/base')).toBe(
      `refs/awo/base/wo-one ${sandbox.baseCommit}`,
    );
    // The forge forgets the commit; the mirror fetches another one and is tidied up.
    gitAs(remote.clone, 'checkout', '-q', '--orphan', 'fresh');
    gitAs(remote.clone, 'commit', '-qm', 'Start again');
    gitAs(remote.clone, 'push', '-q', '--force', 'origin', 'fresh:main');
    const second = await create(confined, 'git_worktree', 'two');
    gitAs(mirror, 'gc', '--quiet', '--prune=now');
    expect(second.baseCommit).not.toBe(sandbox.baseCommit);
    gitAs(sandbox.directory, 'fsck', '--full');
    await sandbox.checkpoint({ name: 'one' });
  });

  test('of git_worktree: nothing is fetched a second time', async () => {
    await create();
    const mirror = join(folder.path, 'data', 'mirrors', mirrorName(remote.url));
    const before = gitAs(mirror, 'count-objects', '-v');
    const said: string[] = [];
    await sandboxesIn(join(folder.path, 'data'), confined)
      .find('git_worktree')
      .create({
        workOrderId: 'wo-two',
        repositoryUrl: remote.url,
        baseBranch: 'main',
        signal: new AbortController().signal,
        onProgress: (message) => said.push(message),
      });
    expect(said.filter((message) => message.startsWith('Fetching'))).toEqual([]);
    expect(gitAs(mirror, 'count-objects', '-v')).toBe(before);
  });

  test('of git_branch: nothing, and it has every branch and tag', async () => {
    await remote.commit({ 'b.txt': 'b' }, 'topic');
    gitAs(remote.clone, 'tag', 'v1');
    gitAs(remote.clone, 'push', '-q', 'origin', 'v1');
    const sandbox = await create(confined, 'git_branch');
    expect(gitAs(sandbox.directory, 'branch', '--all', '--format=%(refname)').split('\n')).toEqual([
      'refs/heads/main',
      'refs/remotes/origin/main',
      'refs/remotes/origin/topic',
    ]);
    expect(gitAs(sandbox.directory, 'tag')).toBe('v1');
    await rm(join(folder.path, 'forge'), { recursive: true });
    gitAs(sandbox.directory, 'fsck', '--full');
    expect(await readdir(join(folder.path, 'data'))).toEqual(['work-orders']);
    // What the agent does to its own objects does not reach the clean repository.
    await rm(join(sandbox.directory, '.git', 'objects'), { recursive: true });
    gitAs(sandbox.collectedRepository, 'fsck', '--full');
    await sandbox.checkpoint({ name: 'one' });
  });

  test('a mirror that was left in the middle of a write is used all the same', async () => {
    const mirror = join(folder.path, 'data', 'mirrors', mirrorName(remote.url));
    await create();
    await writeFiles(mirror, { 'refs/awo/base/wo-two.lock': '', 'objects/pack/tmp_pack_x': 'half' });
    await writeFiles(`${mirror}.making`, { HEAD: 'half' });
    await remote.commit({ 'next.txt': 'x' });
    const sandbox = await create(confined, 'git_worktree', 'two');
    expect(await readFile(join(sandbox.directory, 'next.txt'), 'utf8')).toBe('x');
    expect(await readdir(join(mirror, 'objects', 'pack'))).not.toContain('tmp_pack_x');
  });
});

test('locks that a killed service has left in a clean repository do not hold up the next one', async () => {
  const made = await create();
  const locks = ['refs/awo/checkpoints/one.lock', 'refs/heads/feat/x.lock', 'packed-refs.lock'];
  await writeFiles(made.collectedRepository, Object.fromEntries(locks.map((name) => [name, ''])));
  await writeFiles(made.directory, { 'new.txt': 'x' });
  const { baseBranch, baseCommit } = made;
  const sandbox = await sandboxesIn(join(folder.path, 'data'), confined)
    .find('git_worktree')
    .open({ workOrderId: 'wo-one', repositoryUrl: remote.url, baseBranch, baseCommit });
  const checkpoint = await sandbox.checkpoint({ name: 'one' });
  const savedAs = await sandbox.commit({ checkpoint, branch: 'feat/x', message: 'm', at: AT });
  expect(await sandbox.close({ savedAs })).toEqual({ keptAt: null });
});

test.skipIf(process.getuid?.() !== 0)('a local repository of another user is fetched from and pushed to', async () => {
  const { url } = remote;
  execFileSync('chown', ['-R', '4711:4711', url]);
  for (const type of ['git_worktree', 'git_branch'] as const) {
    const sandbox = await create(confined, type, type.replace('_', ''));
    await createPlainGitForge({ credentials: NO_CREDENTIALS }).push({
      repositoryUrl: url,
      fromRepository: sandbox.collectedRepository,
      branch: type,
      commit: sandbox.baseCommit,
      replaces: [],
      signal: new AbortController().signal,
    });
  }
  execFileSync('chown', ['-R', '0:0', url]);
  expect(gitAs(url, 'branch', '--format=%(refname:short)').split('\n')).toEqual(['git_branch', 'git_worktree', 'main']);
});

test('the names of mirrors are readable, and different for different repositories', () => {
  expect(mirrorName('https://github.com/ada/engine.git')).toMatch(/^engine-[0-9a-f]{16}\.git$/);
  expect(mirrorName('https://github.com/ada/engine')).not.toBe(mirrorName('https://github.com/bob/engine'));
  expect(mirrorName('git@host:..')).toMatch(/^-?[A-Za-z0-9-]*-[0-9a-f]{16}\.git$/);
});
