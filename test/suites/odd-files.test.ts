import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Sandbox, SandboxNote } from '../../src/ports/sandbox.ts';
import { detectConfinement } from '../../src/sandboxes/confinement/detect.ts';
import { gitAs, LIMITS, sandboxesIn, writeFiles } from './git-fixtures.ts';
import { codeOf, everything, filesOf, inside, useSandboxes } from './sandbox-fixtures.ts';

const LFS_POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12\n`;
const NOT_UTF8 = Buffer.from('caf\u00e9', 'latin1');

/** What of a working copy is collected, what is not, and what is too much: with the best confinement and with none. */
for (const mode of ['auto', 'none'] as const) {
  describe(`odd files in a working copy, confinement ${mode}`, () => {
    const limits = { ...LIMITS, maxFileBytes: 1_000_000, maxChangeBytes: 2_500_000, maxChangeFiles: 50 };
    const { world, create } = useSandboxes(async (dataDirectory) =>
      sandboxesIn(dataDirectory, await detectConfinement(mode), { limits }).find('git_worktree'),
    );
    const bytePath = (sandbox: Sandbox, ...parts: readonly (string | Buffer)[]) =>
      Buffer.concat(
        [sandbox.directory, ...parts].flatMap((part) => [Buffer.from(part), Buffer.from('/')]).slice(0, -1),
      );

    async function checkpointWithNotes(sandbox: Sandbox, name = 'one') {
      const notes: SandboxNote[] = [];
      const checkpoint = await sandbox.checkpoint({ name, onNote: (note) => void notes.push(note) });
      const changed = await sandbox.changedPaths({ from: sandbox.baseCommit, to: checkpoint });
      return { checkpoint, changed, notes };
    }

    async function sparse(path: string, bytes: number): Promise<void> {
      await writeFile(path, '');
      await truncate(path, bytes);
    }

    async function objectsOf(sandbox: Sandbox): Promise<readonly string[]> {
      const names = await readdir(join(sandbox.directory, '../snapshot/objects'), { recursive: true });
      return names.filter((name) => /[0-9a-f]{38}/.test(name));
    }

    describe('too large', () => {
      test('is one file beyond the limit, found before an object is written', async () => {
        const sandbox = await create();
        await sparse(inside(sandbox, 'huge.bin'), 1_000_001);
        await sparse(inside(sandbox, 'larger\n.bin'), 300_000_000_000);
        await sparse(inside(sandbox, 'allowed.bin'), 1_000_000);
        const [code, message] = await codeOf(sandbox.checkpoint({ name: 'one' }));
        expect(code).toBe('change_too_large');
        expect(message).toBe(
          'larger\ufffd.bin (300000.0 MB), huge.bin (1.0 MB): more than maxFileBytes (1.0 MB) in one file.',
        );
        expect(await objectsOf(sandbox)).toEqual([]);
        await rm(inside(sandbox, 'huge.bin'));
        await rm(inside(sandbox, 'larger\n.bin'));
        expect((await checkpointWithNotes(sandbox, 'two')).changed).toEqual(['allowed.bin']);
      });

      test('are files that are too much together, in a repository inside too', async () => {
        const sandbox = await create();
        gitAs(sandbox.directory, 'init', '-q', 'inner');
        for (const name of ['a.bin', 'b.bin', 'inner/c.bin']) await sparse(inside(sandbox, name), 900_000);
        const [code, message] = await codeOf(sandbox.checkpoint({ name: 'one' }));
        expect(code).toBe('change_too_large');
        expect(message).toContain('hold 2.7 MB, more than maxChangeBytes (2.5 MB). The largest: ');
        expect(message).toContain('inner/c.bin (0.9 MB)');
      });

      test('are more files than allowed, those that are ignored not counted', async () => {
        const sandbox = await create();
        const many = (folder: string, count: number) =>
          Object.fromEntries(Array.from({ length: count }, (_, index) => [`${folder}/${index}`, 'x']));
        await writeFiles(sandbox.directory, { ...many('node_modules', 200), ...many('tiny', 50) });
        await sparse(inside(sandbox, 'core.log'), 5_000_000);
        expect((await checkpointWithNotes(sandbox)).changed).toHaveLength(50);
        await writeFiles(sandbox.directory, { one: 'x' });
        const [code, message] = await codeOf(sandbox.checkpoint({ name: 'two' }));
        expect([code, message]).toEqual([
          'change_too_large',
          '51 files have changed, more than maxChangeFiles (50). Most in: tiny/ (50), ./ (1).',
        ]);
      });

      test('is not what the base has already, until it is changed', async () => {
        await world.remote.commit({ 'old.bin': Buffer.alloc(3_000_000) });
        const sandbox = await create();
        await rm(join(sandbox.directory, '../snapshot'), { recursive: true });
        expect((await checkpointWithNotes(sandbox)).changed).toEqual([]);
        await writeFile(inside(sandbox, 'old.bin'), Buffer.alloc(3_000_000, 1));
        expect((await codeOf(sandbox.checkpoint({ name: 'two' })))[0]).toBe('change_too_large');
        await rm(inside(sandbox, 'old.bin'));
        expect((await checkpointWithNotes(sandbox, 'three')).changed).toEqual(['old.bin']);
      });

      test('leaves the working copy where it is when the sandbox is closed', async () => {
        const sandbox = await create();
        await sparse(inside(sandbox, 'huge.bin'), 2_000_000);
        expect(await sandbox.close({ savedAs: null })).toEqual({ keptAt: sandbox.directory });
      });
    });

    test('pipes, sockets and devices are passed over; where the base has a file, that stays and it is told', async () => {
      const sandbox = await create();
      await rm(inside(sandbox, 'README.md'));
      for (const name of ['README.md', 'pipe']) execFileSync('mknod', [inside(sandbox, name), 'p']);
      if (process.getuid?.() === 0) execFileSync('mknod', [inside(sandbox, 'device'), 'c', '1', '3']);
      const server = createServer();
      await mkdir(inside(sandbox, 's'));
      await new Promise<void>((resolve) => server.listen(inside(sandbox, 's/ocket'), resolve));
      await writeFiles(sandbox.directory, { 'new.txt': 'x' });
      const { changed, notes } = await checkpointWithNotes(sandbox);
      await new Promise((resolve) => server.close(resolve));
      expect(changed).toEqual(['new.txt']);
      expect(notes.map(({ code }) => code)).toEqual(['special_file_left_out']);
      expect(notes[0]?.message).toMatch(/: README\.md\.$/);
    });

    test('files and folders that nobody may read are collected, not taken for deleted', async () => {
      await world.remote.commit({ 'kept/inside.txt': 'x' });
      const sandbox = await create();
      await writeFiles(sandbox.directory, { 'secret.txt': 'x', 'closed/deep/file.txt': 'x' });
      await chmod(inside(sandbox, 'secret.txt'), 0);
      await chmod(inside(sandbox, 'closed/deep'), 0);
      await chmod(inside(sandbox, 'closed'), 0o100);
      await chmod(inside(sandbox, 'kept'), 0);
      expect((await checkpointWithNotes(sandbox)).changed).toEqual(['closed/deep/file.txt', 'secret.txt']);
    });

    test('names of any bytes are kept, and come back byte for byte', async () => {
      const sandbox = await create();
      await writeFile(bytePath(sandbox, NOT_UTF8), 'latin1');
      await mkdir(bytePath(sandbox, 'folder\u001b[2J'));
      await writeFile(bytePath(sandbox, 'folder\u001b[2J', NOT_UTF8), 'deep');
      await mkdir(bytePath(sandbox, Buffer.concat([NOT_UTF8, Buffer.from('-repository')])));
      gitAs(sandbox.directory, 'init', '-q', 'temporary');
      await rename(
        inside(sandbox, 'temporary/.git'),
        bytePath(sandbox, Buffer.concat([NOT_UTF8, Buffer.from('-repository')]), '.git'),
      );
      await writeFile(bytePath(sandbox, Buffer.concat([NOT_UTF8, Buffer.from('-repository')]), 'in'), 'inner');
      await writeFiles(sandbox.directory, { 'line\nbreak': '1', 'CASE.txt': 'upper', 'case.txt': 'lower' });
      const { checkpoint, notes } = await checkpointWithNotes(sandbox);
      expect(notes.map(({ code }) => code)).toEqual(['nested_repository']);
      await sandbox.restore({ checkpoint });
      expect(await readFile(bytePath(sandbox, NOT_UTF8), 'utf8')).toBe('latin1');
      expect(await readFile(bytePath(sandbox, 'folder\u001b[2J', NOT_UTF8), 'utf8')).toBe('deep');
      const inner = bytePath(sandbox, Buffer.concat([NOT_UTF8, Buffer.from('-repository')]), 'in');
      expect(await readFile(inner, 'utf8')).toBe('inner');
      expect(await readFile(inside(sandbox, 'line\nbreak'), 'utf8')).toBe('1');
      expect(await readFile(inside(sandbox, 'CASE.txt'), 'utf8')).toBe('upper');
    });

    test.each(['.GIT/config', 'git~1/config'])('a name that is .git elsewhere is refused: %s', async (name) => {
      const sandbox = await create();
      await writeFiles(sandbox.directory, { [name]: '[core]\n' });
      const [code, message] = await codeOf(sandbox.checkpoint({ name: 'one' }));
      expect([code, message]).toEqual(['git_failed', expect.stringContaining(`invalid path '${name}'`)]);
    });

    test('what is taken in another way than it lies there is told once', async () => {
      await world.remote.commit({ '.gitattributes': '*.bin filter=lfs -text\n', 'old.bin': LFS_POINTER });
      const sandbox = await create();
      gitAs(sandbox.directory, 'init', '-q', 'inner');
      await writeFiles(sandbox.directory, {
        'inner/a.txt': 'a',
        'image.bin': 'whole bytes',
        'pointer.bin': LFS_POINTER,
        'deep/x': 'x',
      });
      await symlink('/etc/passwd', inside(sandbox, 'absolute'));
      await symlink('../../outside', inside(sandbox, 'deep/up'));
      await symlink('.git/config', inside(sandbox, 'into-git'));
      await symlink('../README.md', inside(sandbox, 'deep/fine'));
      const { checkpoint, notes } = await checkpointWithNotes(sandbox);
      expect(notes).toEqual([
        { code: 'nested_repository', message: expect.stringMatching(/plain files.*: inner\.$/) },
        { code: 'link_out_of_tree', message: expect.stringMatching(/: absolute, deep\/up, into-git\.$/) },
        { code: 'lfs_not_applied', message: expect.stringMatching(/: image\.bin\.$/) },
      ]);
      expect(gitAs(sandbox.collectedRepository, 'cat-file', 'blob', `${checkpoint}:absolute`)).toBe('/etc/passwd');
      const pointer = await sandbox.readFile({ checkpoint, path: 'pointer.bin', maxBytes: 500 });
      expect(pointer).toBe(LFS_POINTER);
      expect((await checkpointWithNotes(sandbox, 'two')).notes).toEqual([]);
    });

    test('a submodule of the base stays at its commit, and goes only with its folder', async () => {
      gitAs(world.remote.clone, 'update-index', '--add', '--cacheinfo', `160000,${world.remote.first},sub`);
      gitAs(world.remote.clone, 'commit', '-qm', 'A submodule');
      gitAs(world.remote.clone, 'push', '-q', 'origin', 'main');
      const sandbox = await create();
      const before = await everything(sandbox.directory);
      expect((await checkpointWithNotes(sandbox, 'empty')).notes).toEqual([]);
      gitAs(sandbox.directory, 'clone', '-q', world.remote.url, 'sub');
      await writeFile(inside(sandbox, 'sub/README.md'), 'changed inside');
      const { changed, notes, checkpoint } = await checkpointWithNotes(sandbox, 'filled');
      expect(changed).toEqual([]);
      expect(notes.map(({ code }) => code)).toEqual(['submodule_left_out']);
      await sandbox.restore({ checkpoint });
      expect(await everything(sandbox.directory)).toEqual(before);
      await rm(inside(sandbox, 'sub'), { recursive: true });
      expect((await checkpointWithNotes(sandbox, 'gone')).changed).toEqual(['sub']);
      await writeFile(inside(sandbox, 'sub'), 'a file now');
      const file = await checkpointWithNotes(sandbox, 'file');
      expect(filesOf(sandbox, file.checkpoint)).toContain('sub');
      expect(await sandbox.readFile({ checkpoint: file.checkpoint, path: 'sub', maxBytes: 100 })).toBe('a file now');
    });
  });
}
