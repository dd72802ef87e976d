import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../src/domain/error-catalogue.ts';
import type { Sandbox } from '../../src/ports/sandbox.ts';
import { gitAs, refusePushes, serveStatus, writeFiles } from './git-fixtures.ts';
import type { MakeProvider } from './sandbox-fixtures.ts';
import { AT, codeOf, filesOf, forever, inside, useSandboxes } from './sandbox-fixtures.ts';

/** The life of a sandbox: what every type must keep, on every confinement. */
export function describeSandbox(name: string, providerIn: MakeProvider): void {
  describe(`a sandbox: ${name}`, () => {
    const { world, create, open } = useSandboxes(providerIn);
    const folderNames = () => readdir(join(world.dataDirectory, 'work-orders'));

    describe('create', () => {
      test('gives the tip of the default branch, as a clean repository that an agent can commit in', async () => {
        await world.remote.commit({ 'late.txt': 'late\n' });
        const said: string[] = [];
        const sandbox = await world.provider.create({
          workOrderId: 'wo-one',
          repositoryUrl: world.remote.url,
          baseBranch: null,
          signal: forever,
          onProgress: (message) => said.push(message),
        });
        expect(sandbox.baseBranch).toBe('main');
        expect(sandbox.baseCommit).toBe(gitAs(world.remote.url, 'rev-parse', 'main'));
        expect(sandbox.identifier).toBe('sandbox-wo-one');
        expect(await readFile(inside(sandbox, 'late.txt'), 'utf8')).toBe('late\n');
        expect(gitAs(sandbox.directory, 'status', '--porcelain', '--branch')).toBe('## main');
        expect(gitAs(sandbox.directory, 'rev-list', '--count', 'HEAD')).toBe('2');
        expect(gitAs(sandbox.directory, 'remote')).toBe('');
        expect(gitAs(sandbox.directory, 'config', 'user.email')).toBe('agent-work-orders@localhost');
        expect(await readdir(inside(sandbox, '.git'))).not.toContain('hooks');
        expect(said.length).toBeGreaterThan(0);
      });

      test('takes the branch that is named', async () => {
        const commit = await world.remote.commit({ 'b.txt': 'b' }, 'topic/b');
        const sandbox = await create('wo-one', { baseBranch: 'topic/b' });
        expect(sandbox).toMatchObject({ baseBranch: 'topic/b', baseCommit: commit });
        expect(gitAs(sandbox.directory, 'branch', '--show-current')).toBe('topic/b');
      });

      test('takes the branch at the same commit where the remote is on none', async () => {
        gitAs(world.remote.url, 'update-ref', '--no-deref', 'HEAD', world.remote.first);
        expect(await create()).toMatchObject({ baseBranch: 'main', baseCommit: world.remote.first });
      });

      test('leaves the pointers of LFS and the folders of submodules as they are', async () => {
        const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n';
        await writeFiles(world.remote.clone, {
          '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n',
          'a.bin': pointer,
        });
        gitAs(world.remote.clone, 'update-index', '--add', '--cacheinfo', `160000,${world.remote.first},sub`);
        gitAs(world.remote.clone, 'add', '.gitattributes', 'a.bin');
        gitAs(world.remote.clone, 'commit', '-qm', 'LFS');
        gitAs(world.remote.clone, 'push', '-q', 'origin', 'main');
        const sandbox = await create();
        expect(await readFile(inside(sandbox, 'a.bin'), 'utf8')).toBe(pointer);
        expect(await readdir(inside(sandbox, 'sub'))).toEqual([]);
        const checkpoint = await sandbox.checkpoint({ name: 'one' });
        expect(await sandbox.changedPaths({ from: sandbox.baseCommit, to: checkpoint })).toEqual([]);
      });

      test('throws away what an earlier service has left of it', async () => {
        await writeFiles(join(world.dataDirectory, 'work-orders'), {
          '.making-wo-one/tree/half': 'x',
          '.removing-wo-old-1-1/tree/half': 'x',
          'wo-one/tree/old': 'x',
        });
        const sandbox = await create();
        expect(await readdir(sandbox.directory)).not.toContain('old');
        expect(await folderNames()).toEqual(['wo-one']);
        const again = await create();
        expect(again.baseCommit).toBe(sandbox.baseCommit);
      });

      test('says why it cannot, and leaves nothing', async () => {
        const empty = join(world.folder.path, 'empty.git');
        gitAs(world.folder.path, 'init', '-q', '--bare', empty);
        const plain = join(world.folder.path, 'plain');
        await mkdir(plain);
        await using wantsPassword = await serveStatus(401);
        await using broken = await serveStatus(502);
        const gone = await serveStatus(500);
        await gone[Symbol.asyncDispose]();
        const cases: readonly [ErrorCode, RegExp, { repositoryUrl?: string; baseBranch?: string }][] = [
          ['repository_empty', /no commit/, { repositoryUrl: empty }],
          ['repository_empty', /no commit/, { repositoryUrl: empty, baseBranch: 'main' }],
          ['base_branch_not_found', /no branch nope; it has main\.$/, { baseBranch: 'nope' }],
          ['base_branch_not_found', /no branch --all/, { baseBranch: '--all' }],
          ['base_branch_not_found', /no branch ma\*/, { baseBranch: 'ma*' }],
          ['repository_unreachable', /git repository/, { repositoryUrl: plain }],
          ['repository_unreachable', /git repository/, { repositoryUrl: join(world.folder.path, 'nothing') }],
          ['forge_unavailable', /502/, { repositoryUrl: broken.url }],
          ['forge_unavailable', /Failed to connect|refused/, { repositoryUrl: gone.url }],
          ['forge_auth_required', /credentials/, { repositoryUrl: wantsPassword.url }],
        ];
        for (const [code, words, changed] of cases) {
          const [got, message] = await codeOf(create('wo-one', changed));
          expect([got, message]).toEqual([code, expect.stringMatching(words)]);
          expect(await folderNames()).toEqual([]);
        }
        expect(wantsPassword.requests).toEqual(['/team/repository.git/info/refs?service=git-upload-pack']);
      });

      test('ends when it is cancelled', async () => {
        const controller = new AbortController();
        const creating = world.provider.create({
          workOrderId: 'wo-one',
          repositoryUrl: world.remote.url,
          baseBranch: null,
          signal: controller.signal,
          onProgress: () => controller.abort(),
        });
        expect((await codeOf(creating))[0]).toBe('cancelled');
        expect(await folderNames()).toEqual([]);
      });

      test('many at once of one repository all succeed and share no file', async () => {
        const ids = Array.from({ length: 8 }, (_, index) => `wo-many${index}` as const);
        const sandboxes = await Promise.all(ids.map((id) => create(id)));
        await Promise.all(sandboxes.map((sandbox, index) => writeFile(inside(sandbox, 'README.md'), `${index}\n`)));
        const commits = await Promise.all(sandboxes.map((sandbox) => sandbox.checkpoint({ name: 'one' })));
        for (const [index, sandbox] of sandboxes.entries()) {
          const file = { checkpoint: commits[index]!, path: 'README.md', maxBytes: 100 };
          expect(await sandbox.readFile(file)).toBe(`${index}\n`);
        }
        expect((await folderNames()).toSorted()).toEqual(ids);
      });
    });

    describe('open', () => {
      test('finds it again with everything that it does', async () => {
        const sandbox = await create();
        await writeFiles(sandbox.directory, { 'new.txt': 'x' });
        const checkpoint = await sandbox.checkpoint({ name: 'one' });
        const opened = await open(sandbox);
        expect(opened).toMatchObject({ identifier: sandbox.identifier, directory: sandbox.directory });
        expect(await opened.readFile({ checkpoint, path: 'new.txt', maxBytes: 1 })).toBe('x');
        expect(filesOf(opened, await opened.checkpoint({ name: 'two' }))).toContain('new.txt');
      });

      test('refuses what is not there, or is of another order', async () => {
        const sandbox = await create();
        expect((await codeOf(open(sandbox, 'wo-other')))[0]).toBe('sandbox_failed');
        expect((await codeOf(open({ ...sandbox, baseCommit: 'a'.repeat(40) })))[0]).toBe('sandbox_failed');
        await writeFile(join(sandbox.directory, '..', 'owner.json'), '{}');
        expect((await codeOf(open(sandbox)))[0]).toBe('sandbox_failed');
      });
    });

    describe('switchBranch', () => {
      test("moves the agent's HEAD and nothing else, twice too", async () => {
        const sandbox = await create();
        await writeFiles(sandbox.directory, { 'new.txt': 'x', 'node_modules/x': 'kept' });
        for (let times = 0; times < 2; times += 1) await sandbox.switchBranch({ branch: 'feat-wo-one-x' });
        expect(gitAs(sandbox.directory, 'status', '--porcelain', '--branch')).toBe('## feat-wo-one-x\n?? new.txt');
        expect(gitAs(sandbox.directory, 'rev-parse', 'HEAD')).toBe(sandbox.baseCommit);
        expect(await readFile(inside(sandbox, 'node_modules/x'), 'utf8')).toBe('kept');
      });

      test.each(['nothing', 'a file', 'a link elsewhere'])(
        'makes a clean repository where .git is %s',
        async (what) => {
          const sandbox = await create();
          await writeFiles(sandbox.directory, { 'new.txt': 'x' });
          await rm(inside(sandbox, '.git'), { recursive: true });
          if (what === 'a file') await writeFile(inside(sandbox, '.git'), 'gitdir: /nowhere\n');
          if (what === 'a link elsewhere') await symlink(join(world.remote.clone, '.git'), inside(sandbox, '.git'));
          await sandbox.switchBranch({ branch: 'feat-wo-one-x' });
          expect(gitAs(sandbox.directory, 'status', '--porcelain', '--branch')).toBe('## feat-wo-one-x\n?? new.txt');
          expect(gitAs(world.remote.clone, 'branch', '--list', 'feat-*')).toBe('');
        },
      );
    });

    describe('close', () => {
      const left = async (sandbox: Sandbox) => (await readdir(join(sandbox.directory, '..'))).toSorted();

      test('removes a working copy that equals the base, or that the saved commit holds', async () => {
        const untouched = await create('wo-untouched');
        await untouched.attemptFolders({ agent: 'demo' });
        await writeFiles(untouched.directory, { 'node_modules/x': 'ignored' });
        expect(await untouched.close({ savedAs: null })).toEqual({ keptAt: null });
        expect(await left(untouched)).toEqual(['collected.git', 'owner.json']);
        const saved = await create('wo-saved');
        await writeFiles(saved.directory, { 'new.txt': 'x' });
        const checkpoint = await saved.checkpoint({ name: 'one' });
        const savedAs = await saved.commit({ checkpoint, branch: 'b', message: 'm', at: AT });
        await rm(inside(saved, 'README.md'));
        expect(await saved.close({ savedAs })).toEqual({ keptAt: null });
        expect(await left(saved)).toEqual(['collected.git', 'owner.json']);
        expect(await saved.close({ savedAs })).toEqual({ keptAt: null });
      });

      test('keeps what is not saved, and says where', async () => {
        const changed = await create('wo-changed');
        await writeFiles(changed.directory, { 'new.txt': 'x' });
        await changed.attemptFolders({ agent: 'demo' });
        expect(await changed.close({ savedAs: null })).toEqual({ keptAt: changed.directory });
        expect(await readFile(inside(changed, 'new.txt'), 'utf8')).toBe('x');
        expect(await left(changed)).toEqual(['collected.git', 'owner.json', 'tree']);
        const later = await create('wo-later');
        const savedAs = await later.checkpoint({ name: 'one' });
        await writeFiles(later.directory, { 'README.md': 'changed since' });
        expect(await later.close({ savedAs })).toEqual({ keptAt: later.directory });
        const deleted = await create('wo-deleted');
        await rm(inside(deleted, 'README.md'));
        expect(await deleted.close({ savedAs: null })).toEqual({ keptAt: deleted.directory });
      });
    });

    describe('programs', () => {
      test('run in the working copy, with fresh folders for each attempt', async () => {
        const sandbox = await create();
        const first = await sandbox.attemptFolders({ agent: 'demo' });
        await writeFiles(first.homeDirectory, { 'left/over': 'x' });
        const folders = await sandbox.attemptFolders({ agent: 'demo' });
        const lines: string[] = [];
        const end = await sandbox.runProcess({
          file: 'sh',
          args: ['-c', 'pwd; ls "$HOME" "$TMPDIR" | grep over; echo made > made.txt'],
          env: { PATH: process.env['PATH'] ?? '', HOME: folders.homeDirectory, TMPDIR: folders.temporaryDirectory },
          stdin: null,
          limits: { firstActivityMs: null, idleMs: null, totalMs: null },
          signal: forever,
          onLine: ({ text }) => void lines.push(text),
        });
        expect(end).toMatchObject({ reason: 'exited', exitCode: 0, survivors: [] });
        expect(lines).toEqual([sandbox.directory]);
        expect(await readFile(inside(sandbox, 'made.txt'), 'utf8')).toBe('made\n');
      });
    });

    test('nothing of it is ever written to the remote', async () => {
      await refusePushes(world.remote.url, 'never');
      const before = gitAs(world.remote.url, 'for-each-ref');
      const sandbox = await create();
      await writeFiles(sandbox.directory, { 'new.txt': 'x' });
      await sandbox.commit({
        checkpoint: await sandbox.checkpoint({ name: 'one' }),
        branch: 'b',
        message: 'm',
        at: AT,
      });
      expect(gitAs(world.remote.url, 'for-each-ref')).toBe(before);
    });
  });
}
