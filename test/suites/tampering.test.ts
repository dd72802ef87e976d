import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createPlainGitForge } from '../../src/forges/plain-git/forge.ts';
import type { Sandbox } from '../../src/ports/sandbox.ts';
import { createCollectedChanges } from '../../src/sandboxes/collected.ts';
import { detectConfinement } from '../../src/sandboxes/confinement/detect.ts';
import { createNoConfinement } from '../../src/sandboxes/confinement/none.ts';
import { gitAs, NO_CREDENTIALS, sandboxesIn } from './git-fixtures.ts';
import { AT, forever, inside, useSandboxes } from './sandbox-fixtures.ts';
import type { Tampering, TamperPlace } from './tampering.ts';
import { copyOf, SECRET, TAMPERINGS, workNaively } from './tampering.ts';

const confined = await detectConfinement('auto');
const unconfined = createNoConfinement('for a test');
const CHANGED = '# Changed by the agent\n';

/*
 * Each trick is played twice on the same working copy: against a git that trusts it, where it must work (else the
 * test proves nothing), and against everything that this service does with a working copy, without confinement and
 * with it.
 */
describe(`a working copy that was tampered with, confinement none and ${confined.report.kind}`, () => {
  const { world, create, open } = useSandboxes(async (directory) =>
    sandboxesIn(directory, unconfined).find('git_worktree'),
  );

  async function play({ submodule, tamper }: Tampering) {
    if (submodule) {
      gitAs(world.remote.clone, 'update-index', '--add', '--cacheinfo', `160000,${world.remote.first},sub`);
      gitAs(world.remote.clone, 'commit', '-qm', 'A submodule');
      gitAs(world.remote.clone, 'push', '-q', 'origin', 'main');
    }
    const path = (name: string) => join(world.folder.path, name);
    gitAs(world.folder.path, 'clone', '-q', world.remote.url, path('elsewhere'));
    gitAs(path('elsewhere'), 'checkout', '-q', '-b', 'topic');
    gitAs(path('elsewhere'), 'commit', '-q', '--allow-empty', '-m', 'A topic');
    gitAs(path('elsewhere'), 'checkout', '-q', 'main');
    await mkdir(path('scratch'));
    const sandbox = await create();
    const place: TamperPlace = {
      tree: sandbox.directory,
      mark: path('mark'),
      elsewhere: path('elsewhere'),
      scratch: path('scratch'),
      remote: world.remote.url,
    };
    await writeFile(inside(sandbox, 'README.md'), CHANGED);
    await tamper(place);
    return { sandbox, place };
  }

  /** What can be seen of a repository that nobody should have written to. */
  async function stateOf({ elsewhere }: TamperPlace): Promise<string> {
    const topic = await readFile(join(elsewhere, '.git/refs/heads/topic'), 'utf8');
    return `${topic}${gitAs(elsewhere, 'for-each-ref', '--format=%(refname) %(objectname)', 'refs/heads/main', 'refs/heads/naive', 'refs/heads/feat-*', 'refs/heads/*confined')}`;
  }

  /** Whether the trick did what it is for, seen from outside. */
  async function worked(
    what: Tampering['naive'],
    place: TamperPlace,
    before: string,
    branch: string,
  ): Promise<boolean> {
    const pushed = (path: string) => {
      try {
        return gitAs(world.remote.url, 'show', `${branch}:${path}`);
      } catch {
        return null;
      }
    };
    switch (what) {
      case 'runs a program':
        return existsSync(place.mark);
      case 'writes elsewhere':
        return (await stateOf(place)) !== before;
      case 'takes in a secret':
        return pushed('secret.txt') === SECRET;
      case 'hides a change':
        return pushed('README.md') !== CHANGED.trimEnd();
      default:
        return false;
    }
  }

  /** All that the engine does with a sandbox while its working copy is the agent's. */
  async function workAsTheService(sandbox: Sandbox, branch: string): Promise<void> {
    const { baseCommit } = sandbox;
    const checkpoint = await sandbox.checkpoint({ name: branch });
    await sandbox.changedPaths({ from: baseCommit, to: checkpoint });
    await sandbox.changes({ from: baseCommit, to: checkpoint });
    const commit = await sandbox.commit({ checkpoint, branch, message: 'm', at: AT });
    await createPlainGitForge({ credentials: NO_CREDENTIALS }).push({
      repositoryUrl: world.remote.url,
      fromRepository: sandbox.collectedRepository,
      branch,
      commit,
      replaces: [],
      signal: forever,
    });
    const { dataDirectory } = world;
    await createCollectedChanges({ dataDirectory }).diff({
      workOrderId: 'wo-one',
      from: baseCommit,
      to: commit,
      maxBytes: 10_000,
    });
  }

  test.each(TAMPERINGS)('$name: harms a naive git, and not the service', async (tampering) => {
    const { sandbox, place } = await play(tampering);
    const before = await stateOf(place);
    const pristine = copyOf(place.elsewhere, join(world.folder.path, 'pristine'));
    const naive = copyOf(sandbox.directory, join(world.folder.path, 'naive'));
    await rm(place.mark, { force: true });
    await workNaively(naive, tampering, place);
    const expected = typeof tampering.naive === 'string';
    expect(await worked(tampering.naive, place, before, 'naive')).toBe(expected);

    await rm(place.mark, { force: true });
    await rm(place.elsewhere, { recursive: true });
    await rename(pristine, place.elsewhere);
    const second = await sandboxesIn(world.dataDirectory, confined).find('git_worktree').open({
      workOrderId: 'wo-one',
      repositoryUrl: world.remote.url,
      baseBranch: sandbox.baseBranch,
      baseCommit: sandbox.baseCommit,
    });
    for (const [each, branch] of [
      [sandbox, 'unconfined'],
      [second, 'confined'],
    ] as const) {
      await workAsTheService(each, branch);
      for (const what of ['runs a program', 'writes elsewhere', 'takes in a secret', 'hides a change'] as const) {
        expect([branch, what, await worked(what, place, before, branch)]).toEqual([branch, what, false]);
      }
      expect(gitAs(world.remote.url, 'rev-parse', `${branch}^`)).toBe(sandbox.baseCommit);
    }
    for (const each of [sandbox, second]) await each.switchBranch({ branch: 'feat-wo-one-x' });
    const opened = await open(sandbox);
    await opened.restore({ checkpoint: await opened.checkpoint({ name: 'last' }) });
    await opened.close({ savedAs: null });
    expect(existsSync(place.mark)).toBe(false);
    expect(await stateOf(place)).toBe(before);
  });
});
