import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Forge } from '../../src/ports/forge.ts';
import { gitAs, refusePushes, serveStatus, temporaryFolder } from './git-fixtures.ts';
import { codeOf } from './sandbox-fixtures.ts';

const signal = new AbortController().signal;

/** A forge with one repository, new for each test. */
export interface ForgeWorld extends AsyncDisposable {
  readonly forge: Forge;
  readonly url: string;
  /** The folder of the bare repository behind the URL. */
  readonly path: string;
  readonly clone: string;
  readonly firstCommit: string;
}

/** What every forge must keep that pushes by git. */
export function describeForge(name: string, makeWorld: (directory: string) => Promise<ForgeWorld>): void {
  describe(`a forge: ${name}`, () => {
    let folder: Awaited<ReturnType<typeof temporaryFolder>>;
    let remote: ForgeWorld;
    let forge: Forge;
    let commit = '';

    beforeEach(async () => {
      folder = await temporaryFolder();
      remote = await makeWorld(join(folder.path, 'forge'));
      forge = remote.forge;
      gitAs(remote.clone, 'commit', '-q', '--allow-empty', '-m', 'Work');
      commit = gitAs(remote.clone, 'rev-parse', 'HEAD');
    });
    afterEach(async () => {
      await remote[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    });

    const push = (changed: Partial<Parameters<Forge['push']>[0]> = {}) =>
      forge.push({
        repositoryUrl: remote.url,
        fromRepository: join(remote.clone, '.git'),
        branch: 'feat-wo-one-x',
        commit,
        replaces: [],
        signal,
        ...changed,
      });
    const shown = (branch = 'feat-wo-one-x') =>
      gitAs(remote.path, 'for-each-ref', '--format=%(objectname)', `refs/heads/${branch}`);

    test('takes the repository, and knows its name and its default branch', async () => {
      expect(forge.recognises({ repositoryUrl: remote.url })).toBe(true);
      const facts = await forge.verify({ repositoryUrl: remote.url, signal });
      expect(facts.defaultBranch).toBe('main');
      expect(`/${facts.name}.git`).toBe(remote.url.slice(remote.url.lastIndexOf('/')));
    });

    test('does not verify what is not there', async () => {
      const gone = remote.url.replace(/[^/]+$/, 'gone.git');
      const [code] = await codeOf(forge.verify({ repositoryUrl: gone, signal }));
      expect(code).toBe('repository_unreachable');
    });

    describe('branches', () => {
      test('are those with the prefix, by their whole names', async () => {
        for (const branch of ['feat-a', 'feat-b/c', 'other/feat-d', 'f*']) {
          if (branch !== 'f*') gitAs(remote.path, 'update-ref', `refs/heads/${branch}`, remote.firstCommit);
        }
        gitAs(remote.path, 'update-ref', 'refs/tags/feat-tag', remote.firstCommit);
        const branches = (prefix: string) => forge.branches({ repositoryUrl: remote.url, prefix, signal });
        expect(await branches('feat-')).toEqual(['feat-a', 'feat-b/c']);
        expect(await branches('')).toEqual(['feat-a', 'feat-b/c', 'main', 'other/feat-d']);
        expect(await branches('f*')).toEqual([]);
        expect(await branches('none')).toEqual([]);
      });

      test('that cannot be read are an error, never an empty list', async () => {
        await using wantsPassword = await serveStatus(401);
        await using broken = await serveStatus(503);
        const branches = (repositoryUrl: string) => codeOf(forge.branches({ repositoryUrl, prefix: '', signal }));
        expect((await branches(join(folder.path, 'nothing')))[0]).toBe('repository_unreachable');
        expect((await branches(wantsPassword.url))[0]).toBe('forge_auth_required');
        expect((await branches(broken.url))[0]).toBe('forge_unavailable');
      });
    });

    test('opens one pull request for a branch, or says how to', async () => {
      await push();
      const request = { repositoryUrl: remote.url, branch: 'feat-wo-one-x', commit, baseBranch: 'main', signal };
      const first = await forge.openPullRequest({ ...request, title: 'Work', body: 'Done.' });
      expect(await forge.openPullRequest({ ...request, title: 'Work', body: 'Done.' })).toEqual(first);
      expect(first.opened).toBe(await forge.opensPullRequests({ repositoryUrl: remote.url }));
    });

    test('knows nobody who is not there as one who may push', async () => {
      expect(await forge.mayPush({ repositoryUrl: remote.url, user: 'nobody-of-that-name', signal })).toBe(false);
    });

    describe('push', () => {
      test('makes the branch at the commit, and again is a success', async () => {
        await push();
        expect(shown()).toBe(commit);
        await push();
        expect(shown()).toBe(commit);
      });

      test('leaves a branch alone that somebody else has', async () => {
        gitAs(remote.path, 'update-ref', 'refs/heads/feat-wo-one-x', remote.firstCommit);
        const [code, message] = await codeOf(push());
        expect(code).toBe('git_conflict');
        expect(message).toContain('another commit');
        expect(shown()).toBe(remote.firstCommit);
      });

      test('replaces what the service has pushed before, and nothing else', async () => {
        await push();
        gitAs(remote.clone, 'commit', '-q', '--amend', '--allow-empty', '-m', 'Better work');
        const better = gitAs(remote.clone, 'rev-parse', 'HEAD');
        expect((await codeOf(push({ commit: better })))[0]).toBe('git_conflict');
        expect((await codeOf(push({ commit: better, replaces: [remote.firstCommit] })))[0]).toBe('git_conflict');
        expect(shown()).toBe(commit);
        await push({ commit: better, replaces: [remote.firstCommit, commit] });
        expect(shown()).toBe(better);
      });

      test("is refused with the server's words", async () => {
        await refusePushes(remote.path, 'Only on Tuesdays.');
        const [code, message] = await codeOf(push());
        expect(code).toBe('push_refused');
        expect(message).toContain('remote: Only on Tuesdays.');
        expect(shown()).toBe('');
      });

      test('is refused where a branch stands in the way of its name', async () => {
        gitAs(remote.path, 'update-ref', 'refs/heads/feat', remote.firstCommit);
        expect((await codeOf(push({ branch: 'feat/x' })))[0]).toBe('push_refused');
      });

      test('says when credentials are wanted, and asks for none', async () => {
        await using wantsPassword = await serveStatus(401);
        expect((await codeOf(push({ repositoryUrl: wantsPassword.url })))[0]).toBe('forge_auth_required');
      });

      test('says when nobody answers', async () => {
        await using broken = await serveStatus(502);
        const gone = await serveStatus(500);
        await gone[Symbol.asyncDispose]();
        for (const repositoryUrl of [broken.url, gone.url, join(folder.path, 'nothing')]) {
          expect((await codeOf(push({ repositoryUrl })))[0]).toBe('forge_unavailable');
        }
      });

      test('pushes nothing but a commit by its full name, and nothing after a cancel', async () => {
        for (const odd of ['HEAD', '', '--all', `+${commit}`]) {
          expect((await codeOf(push({ commit: odd })))[0]).toBe('push_refused');
        }
        expect((await codeOf(push({ signal: AbortSignal.abort() })))[0]).toBe('cancelled');
        expect(shown()).toBe('');
      });

      test('does not run the hooks of the repository that it pushes from', async () => {
        gitAs(remote.clone, 'config', 'core.hooksPath', '.git/hooks');
        await refusePushes(join(remote.clone, '.git'), 'x');
        gitAs(remote.clone, 'config', 'alias.x', '!false');
        await push();
        expect(shown()).toBe(commit);
      });
    });
  });
}
