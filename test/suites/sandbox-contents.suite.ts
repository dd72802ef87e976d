import { chmod, lstat, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { gitAs, writeFiles } from './git-fixtures.ts';
import type { MakeProvider } from './sandbox-fixtures.ts';
import { AT, codeOf, everything, filesOf, inside, useSandboxes } from './sandbox-fixtures.ts';

/** What a sandbox keeps of its files and gives back: for every type and every confinement. */
export function describeSandboxContents(name: string, providerIn: MakeProvider): void {
  describe(`the contents of a sandbox: ${name}`, () => {
    const { world, create, open } = useSandboxes(providerIn);

    describe('holds and knowsCommit', () => {
      test('say what is there now, ignored files and commits of the agent among it', async () => {
        const sandbox = await create();
        await writeFiles(sandbox.directory, { 'trace.log': 'ignored', 'new/file.txt': 'new' });
        await symlink('/etc', inside(sandbox, 'way-out'));
        await rm(inside(sandbox, 'src/empty.ts'));
        const asked = [
          'trace.log',
          'new/file.txt',
          'new',
          'way-out',
          'src/empty.ts',
          'way-out/passwd',
          '../tree',
          'a\0',
        ];
        const held = await Promise.all(asked.map((path) => sandbox.holds({ path })));
        expect(asked.filter((_path, index) => held[index])).toEqual(['trace.log', 'new/file.txt', 'new', 'way-out']);

        gitAs(sandbox.directory, 'add', '--all');
        gitAs(sandbox.directory, 'commit', '-q', '-m', 'own');
        const own = gitAs(sandbox.directory, 'rev-parse', 'HEAD');
        for (const commit of [own, own.slice(0, 8), sandbox.baseCommit]) {
          expect(await sandbox.knowsCommit({ commit })).toBe(true);
        }
        const blob = gitAs(sandbox.directory, 'rev-parse', 'HEAD:new/file.txt');
        for (const commit of [blob, '1234567', '1'.repeat(40)]) {
          expect(await sandbox.knowsCommit({ commit })).toBe(false);
        }
        await rm(inside(sandbox, '.git'), { recursive: true });
        await expect(sandbox.knowsCommit({ commit: own })).rejects.toThrow('has no .git folder');
      });
    });

    describe('checkpoint', () => {
      test('keeps every file that is not ignored, as it is', async () => {
        const sandbox = await create();
        await writeFiles(sandbox.directory, {
          'new/deep/file.txt': 'new\n',
          zero: '',
          bytes: Buffer.from([0, 255, 13, 10, 0]),
          'a name\nwith "everything" \u00fc\t': 'odd',
          '-dash': 'x',
          ':(glob)*': 'x',
          'node_modules/x/index.js': 'ignored',
          'trace.log': 'ignored',
        });
        await rm(inside(sandbox, 'src/empty.ts'));
        await chmod(inside(sandbox, 'src/app.ts'), 0o755);
        await symlink('/etc', inside(sandbox, 'folder-link'));
        await symlink('nowhere', inside(sandbox, 'dangling'));
        const checkpoint = await sandbox.checkpoint({ name: 'implement-1' });
        expect(await sandbox.changedPaths({ from: sandbox.baseCommit, to: checkpoint })).toEqual(
          ['-dash', ':(glob)*', 'a name\nwith "everything" \u00fc\t', 'bytes', 'dangling', 'folder-link'].concat([
            'new/deep/file.txt',
            'src/app.ts',
            'src/empty.ts',
            'zero',
          ]),
        );
        const modes = gitAs(sandbox.collectedRepository, 'ls-tree', '-r', '--format=%(objectmode) %(path)', checkpoint);
        expect(modes.split('\n')).toEqual(expect.arrayContaining(['100755 src/app.ts', '120000 folder-link']));
        const ref = gitAs(sandbox.collectedRepository, 'rev-parse', 'refs/awo/checkpoints/implement-1');
        expect(ref).toBe(checkpoint);
        gitAs(sandbox.collectedRepository, 'fsck', '--full', '--strict');
      });

      test("neither uses nor touches the agent's own index, branch and stash", async () => {
        const sandbox = await create();
        await writeFiles(sandbox.directory, { 'staged.txt': 'staged', 'loose.txt': 'loose' });
        gitAs(sandbox.directory, 'checkout', '-q', '-b', 'own');
        gitAs(sandbox.directory, 'add', 'staged.txt');
        await writeFile(inside(sandbox, 'staged.txt'), 'changed since');
        const before = gitAs(sandbox.directory, 'status', '--porcelain', '--branch');
        const checkpoint = await sandbox.checkpoint({ name: 'one' });
        expect(gitAs(sandbox.directory, 'status', '--porcelain', '--branch')).toBe(before);
        expect(await sandbox.readFile({ checkpoint, path: 'staged.txt', maxBytes: 100 })).toBe('changed since');
        expect(filesOf(sandbox, checkpoint)).toContain('loose.txt');
      });

      test('does without the .git of the agent, and does nothing that is written in it', async () => {
        const sandbox = await create();
        const mark = join(world.folder.path, 'ran');
        const program = `sh -c 'touch ${mark}; cat'`;
        gitAs(sandbox.directory, 'config', 'core.fsmonitor', `touch ${mark}`);
        gitAs(sandbox.directory, 'config', 'filter.evil.clean', program);
        gitAs(sandbox.directory, 'config', 'core.excludesFile', inside(sandbox, 'all'));
        await writeFiles(sandbox.directory, {
          all: '*\n',
          '.gitattributes': '* filter=evil\n',
          '.git/info/exclude': '*\n',
          '.git/hooks/post-index-change': `#!/bin/sh\ntouch ${mark}\n`,
          'kept.txt': 'kept\n',
        });
        await chmod(inside(sandbox, '.git/hooks/post-index-change'), 0o755);
        expect(filesOf(sandbox, await sandbox.checkpoint({ name: 'one' }))).toContain('kept.txt');
        await rm(inside(sandbox, '.git'), { recursive: true });
        expect(filesOf(sandbox, await sandbox.checkpoint({ name: 'two' }))).toContain('kept.txt');
        await writeFile(inside(sandbox, '.git'), 'gitdir: /nowhere\n');
        expect(filesOf(sandbox, await sandbox.checkpoint({ name: 'three' }))).toContain('kept.txt');
        await rm(inside(sandbox, '.git'));
        await symlink(world.remote.url, inside(sandbox, '.git'));
        expect(filesOf(sandbox, await sandbox.checkpoint({ name: 'four' }))).toContain('kept.txt');
        await expect(lstat(mark)).rejects.toThrow('ENOENT');
      });

      test('keeps the files of repositories inside the working copy', async () => {
        const sandbox = await create();
        for (const nested of ['tool', 'tool/inner', 'vendor/lib', 'blank']) {
          await mkdir(inside(sandbox, nested), { recursive: true });
          gitAs(inside(sandbox, nested), 'init', '-q');
        }
        await writeFiles(sandbox.directory, {
          'tool/a.txt': 'a',
          'tool/inner/b.txt': 'b',
          'vendor/lib/c.txt': 'c',
          'vendor/lib/x.log': 'x',
        });
        gitAs(inside(sandbox, 'vendor/lib'), 'add', 'c.txt');
        gitAs(inside(sandbox, 'vendor/lib'), 'commit', '-qm', 'inside');
        const nestedFiles = ['tool/a.txt', 'tool/inner/b.txt', 'vendor/lib/c.txt'];
        for (const name of ['one', 'two']) {
          const checkpoint = await sandbox.checkpoint({ name });
          expect(await sandbox.changedPaths({ from: sandbox.baseCommit, to: checkpoint })).toEqual(nestedFiles);
        }
        await writeFile(inside(sandbox, 'vendor/lib/c.txt'), 'changed');
        const third = await sandbox.checkpoint({ name: 'three' });
        expect(await sandbox.readFile({ checkpoint: third, path: 'vendor/lib/c.txt', maxBytes: 100 })).toBe('changed');
      });

      test('leaves out what is ignored by now, and keeps what the base has although it is ignored', async () => {
        await world.remote.commit({ 'kept.log': 'in the base\n' });
        const sandbox = await create();
        await writeFiles(sandbox.directory, { 'report.txt': 'x' });
        expect(filesOf(sandbox, await sandbox.checkpoint({ name: 'one' }))).toContain('report.txt');
        await writeFile(inside(sandbox, '.gitignore'), '*.log\nreport.txt\n');
        const second = filesOf(sandbox, await sandbox.checkpoint({ name: 'two' }));
        expect(second).toContain('kept.log');
        expect(second).not.toContain('report.txt');
      });

      test('heals itself when the folder that it works with is broken', async () => {
        const sandbox = await create();
        const snapshot = join(sandbox.directory, '..', 'snapshot');
        await writeFiles(sandbox.directory, { 'new.txt': 'x' });
        await writeFile(join(snapshot, 'index.lock'), '');
        await sandbox.checkpoint({ name: 'locked' });
        await writeFile(join(snapshot, 'index'), 'garbage');
        await sandbox.checkpoint({ name: 'garbage' });
        await rm(snapshot, { recursive: true });
        expect(filesOf(sandbox, await sandbox.checkpoint({ name: 'gone' }))).toContain('new.txt');
      });

      test('refuses a working copy that is gone, or that is a link to elsewhere', async () => {
        const sandbox = await create();
        await rename(sandbox.directory, `${sandbox.directory}-away`);
        expect((await codeOf(sandbox.checkpoint({ name: 'one' })))[0]).toBe('sandbox_failed');
        await symlink(world.remote.clone, sandbox.directory);
        expect((await codeOf(sandbox.checkpoint({ name: 'one' })))[0]).toBe('sandbox_failed');
      });

      test('takes no object in that could harm a reader', async () => {
        const sandbox = await create();
        await writeFiles(sandbox.directory, {
          '.gitmodules': '[submodule "a"]\n\tpath = a\n\turl = -oProxyCommand=x\n',
        });
        const [code, message] = await codeOf(sandbox.checkpoint({ name: 'one' }));
        expect([code, message]).toEqual(['git_failed', expect.stringContaining('gitmodulesUrl')]);
      });

      test.each(['', '../main', 'a/b', 'a..b', 'x.lock', '-x', 'a b', 'a.'])('refuses the name %j', async (name) => {
        const sandbox = await create();
        expect((await codeOf(sandbox.checkpoint({ name })))[0]).toBe('sandbox_failed');
      });

      test('stops when it is cancelled', async () => {
        const sandbox = await create();
        const [code] = await codeOf(sandbox.checkpoint({ name: 'one', signal: AbortSignal.abort() }));
        expect(code).toBe('cancelled');
        await sandbox.checkpoint({ name: 'one' });
      });
    });

    describe('withFile', () => {
      test('is the checkpoint with one file replaced; the working copy is left alone', async () => {
        const sandbox = await create();
        await writeFiles(sandbox.directory, { 'specs/plan.md': 'first' });
        const checkpoint = await sandbox.checkpoint({ name: 'plan-1' });
        const edit = (path: string) => sandbox.withFile({ checkpoint, path, content: 'sécond\n', name: 'edited-1' });
        const edited = await edit('specs/plan.md');
        expect(await sandbox.changedPaths({ from: checkpoint, to: edited })).toEqual(['specs/plan.md']);
        expect(await sandbox.readFile({ checkpoint: edited, path: 'specs/plan.md', maxBytes: 100 })).toBe('sécond\n');
        expect(await readFile(inside(sandbox, 'specs/plan.md'), 'utf8')).toBe('first');
        expect(await sandbox.changedPaths({ from: edited, to: await edit('specs/plan.md') })).toEqual([]);
        await sandbox.restore({ checkpoint: edited });
        expect(await readFile(inside(sandbox, 'specs/plan.md'), 'utf8')).toBe('sécond\n');
      });

      test('never goes through a link or a file, or out of the working copy', async () => {
        const sandbox = await create();
        await symlink('/tmp', inside(sandbox, 'specs'));
        const checkpoint = await sandbox.checkpoint({ name: 'plan-1' });
        for (const path of ['specs/plan.md', '../plan.md', '/tmp/plan.md', '.git/config']) {
          const [code] = await codeOf(sandbox.withFile({ checkpoint, path, content: 'x', name: 'edited-1' }));
          expect([path, code]).toEqual([path, 'git_failed']);
        }
      });
    });

    describe('restore', () => {
      test('makes the working copy equal to the checkpoint, byte for byte, with a clean repository', async () => {
        const sandbox = await create();
        await writeFiles(sandbox.directory, { 'new.txt': 'new\r\n', 'bin/run': '#!/bin/sh\n', zero: '' });
        await chmod(inside(sandbox, 'bin/run'), 0o755);
        await symlink('new.txt', inside(sandbox, 'link'));
        await rm(inside(sandbox, 'README.md'));
        const before = await everything(sandbox.directory);
        const checkpoint = await sandbox.checkpoint({ name: 'one' });
        await writeFiles(sandbox.directory, { 'new.txt': 'NEW\r\n', 'later.txt': 'x', 'node_modules/x': 'ignored' });
        await rm(inside(sandbox, 'link'));
        await rm(inside(sandbox, '.git'), { recursive: true });
        await mkdir(inside(sandbox, 'locked'));
        await chmod(inside(sandbox, 'locked'), 0o500);

        await sandbox.restore({ checkpoint });
        expect(await everything(sandbox.directory)).toEqual(before);
        expect(gitAs(sandbox.directory, 'rev-parse', 'HEAD')).toBe(sandbox.baseCommit);
        expect(gitAs(sandbox.directory, 'status', '--porcelain').split('\n')).toEqual([
          ' D README.md',
          '?? bin/',
          '?? link',
          '?? new.txt',
          '?? zero',
        ]);
        const again = await sandbox.checkpoint({ name: 'two' });
        expect(await sandbox.changedPaths({ from: checkpoint, to: again })).toEqual([]);
      });

      test('goes to the base, and works where the working copy is gone', async () => {
        const sandbox = await create();
        const before = await everything(sandbox.directory);
        await rm(sandbox.directory, { recursive: true });
        await sandbox.restore({ checkpoint: sandbox.baseCommit });
        expect(await everything(sandbox.directory)).toEqual(before);
      });

      test('stays on the branch that was switched to, in another process too', async () => {
        const sandbox = await create();
        await sandbox.switchBranch({ branch: 'feat-wo-one-x' });
        const opened = await open(sandbox);
        await opened.restore({ checkpoint: sandbox.baseCommit });
        expect(gitAs(sandbox.directory, 'branch', '--show-current')).toBe('feat-wo-one-x');
      });

      test('refuses a commit that it does not have, and leaves everything', async () => {
        const sandbox = await create();
        await writeFiles(sandbox.directory, { 'new.txt': 'x' });
        for (const checkpoint of ['a'.repeat(40), 'HEAD', '--help']) {
          expect((await codeOf(sandbox.restore({ checkpoint })))[0]).toBe('sandbox_failed');
        }
        expect(await readdir(sandbox.directory)).toContain('new.txt');
      });

      test.each([
        ['before the old one was moved', ['tree.restored'], 'old'],
        ['between the two moves', ['tree.restored', 'tree.replaced'], 'restored'],
        ['before the old one was removed', ['tree.replaced'], 'new'],
      ])('a crash %s leaves one whole working copy', async (_, left, expected) => {
        const sandbox = await create();
        const root = join(sandbox.directory, '..');
        await writeFile(inside(sandbox, 'which'), left.includes('tree.restored') ? 'old' : 'new');
        for (const name of left) await writeFiles(join(root, name), { which: name.replace('tree.', '') });
        if (left.length === 2) await rm(sandbox.directory, { recursive: true });
        const opened = await open(sandbox);
        expect(await readFile(inside(opened, 'which'), 'utf8')).toBe(expected);
        expect((await readdir(root)).filter((name) => name.startsWith('tree'))).toEqual(['tree']);
      });
    });

    describe('commit', () => {
      test('is one commit on the base with the files of the checkpoint, the same for the same input', async () => {
        const sandbox = await create();
        await writeFiles(sandbox.directory, { 'new.txt': 'x' });
        const checkpoint = await sandbox.checkpoint({ name: 'one' });
        const input = { checkpoint, branch: 'feat-wo-one-x', message: 'feat: new\n\nBody with \u00fc', at: AT };
        const commit = await sandbox.commit(input);
        expect(await (await open(sandbox)).commit(input)).toBe(commit);
        expect(gitAs(sandbox.collectedRepository, 'rev-parse', 'refs/heads/feat-wo-one-x', `${commit}^`)).toBe(
          `${commit}\n${sandbox.baseCommit}`,
        );
        const shown = gitAs(sandbox.collectedRepository, 'log', '-1', '--format=%an|%ce|%aI|%cI|%B', commit);
        expect(shown.trimEnd()).toBe(
          'Agent Work Orders|agent-work-orders@localhost|2026-03-01T12:00:00+00:00|2026-03-01T12:00:00+00:00|feat: new\n\nBody with \u00fc',
        );
        expect(await sandbox.changedPaths({ from: checkpoint, to: commit })).toEqual([]);
      });
    });

    describe('reading what was collected', () => {
      test('counts files and lines, a moved and a binary file too', async () => {
        const sandbox = await create();
        await writeFiles(sandbox.directory, {
          'README.md': '# Sample\nmore\n',
          'image.bin': Buffer.alloc(50),
          'odd\tname\n': '1\n2\n',
        });
        await rename(inside(sandbox, 'src/app.ts'), inside(sandbox, 'src/moved.ts'));
        const to = await sandbox.checkpoint({ name: 'one' });
        const from = sandbox.baseCommit;
        expect(await sandbox.changes({ from, to })).toEqual({ files_changed: 4, lines_added: 3, lines_removed: 0 });
        expect(await sandbox.changes({ from, to: from })).toEqual({
          files_changed: 0,
          lines_added: 0,
          lines_removed: 0,
        });
        expect(await sandbox.changedPaths({ from, to })).toEqual([
          'README.md',
          'image.bin',
          'odd\tname\n',
          'src/app.ts',
          'src/moved.ts',
        ]);
      });

      test('gives plain text files only', async () => {
        const sandbox = await create();
        await writeFiles(sandbox.directory, { 'specs/[a]*.md': 'plan \u00fc\n', nul: 'a\0b', '-x': 'dash' });
        await symlink('README.md', inside(sandbox, 'link'));
        const checkpoint = await sandbox.checkpoint({ name: 'one' });
        const read = (path: string, maxBytes = 1000) => sandbox.readFile({ checkpoint, path, maxBytes });
        expect(await read('specs/[a]*.md')).toBe('plan \u00fc\n');
        expect(await read('-x')).toBe('dash');
        expect(await read('src/empty.ts', 0)).toBe('');
        expect(await read('README.md', 9)).toBe('# Sample\n');
        expect(await read('README.md', 8)).toBeNull();
        for (const path of [
          'nul',
          'link',
          'src',
          'absent',
          '',
          '/etc/passwd',
          '../owner.json',
          'src/../README.md',
          'README.md/x',
        ]) {
          expect([path, await read(path)]).toEqual([path, null]);
        }
      });
    });
  });
}
