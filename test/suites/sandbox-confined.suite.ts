import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Sandbox } from '../../src/ports/sandbox.ts';
import { writeFiles } from './git-fixtures.ts';
import type { MakeProvider } from './sandbox-fixtures.ts';
import { forever, inside, useSandboxes } from './sandbox-fixtures.ts';

/** What an agent in a sandbox can do and cannot, where it is confined; `problem` is why it is not here. */
export function describeConfinedSandbox(name: string, problem: string | null, providerIn: MakeProvider): void {
  describe.skipIf(problem !== null)(`an agent in a sandbox: ${name} ${problem ?? ''}`, () => {
    const { world, create, open } = useSandboxes(providerIn);

    /** Lines of standard output of a shell that runs as an agent does. */
    const shell = async (
      sandbox: Sandbox,
      script: string,
      more: { needs?: { readable: string[]; hosts: [] } } = {},
    ) => {
      const { homeDirectory, temporaryDirectory, stateDirectory } = await sandbox.attemptFolders({ agent: 'demo' });
      const lines: string[] = [];
      const end = await sandbox.runProcess({
        file: 'sh',
        args: ['-c', script],
        env: { PATH: '/usr/bin:/bin', HOME: homeDirectory, TMPDIR: temporaryDirectory, STATE: stateDirectory },
        stdin: null,
        limits: { firstActivityMs: null, idleMs: null, totalMs: null },
        signal: forever,
        onLine: ({ stream, text }) => void (stream === 'stdout' && lines.push(text)),
        ...more,
      });
      expect(end).toMatchObject({ reason: 'exited', survivors: [], error: null });
      return lines;
    };

    test('uses git on the working copy: its state, its changes, its history', async () => {
      await world.remote.commit({ 'later.txt': 'later\n' });
      const sandbox = await create();
      expect(sandbox.confined).toBe(true);
      await writeFiles(sandbox.directory, { 'README.md': '# Changed\n' });
      const script = `git status --porcelain && git diff --stat | head -1 && git log --format=%s main | wc -l
        git show HEAD:later.txt && git commit -qam Own && git log -1 --format=%s && git fsck --no-dangling`;
      expect(await shell(sandbox, script)).toEqual([' M README.md', ' README.md | 2 +-', '2', 'later', 'Own']);
    });

    test('reads the objects that the working copy borrows, and cannot write to them', async () => {
      const sandbox = await create();
      const alternates = await readFile(inside(sandbox, '.git/objects/info/alternates'), 'utf8').catch(() => '');
      const borrowed = alternates.split('\n').filter(Boolean);
      const script = `for each in "$@"; do ls "$each" >/dev/null && echo seen; touch "$each/new" 2>/dev/null && echo written
        echo x 2>/dev/null > "$each/../config" && echo written; done; true`;
      const seen = await shell(sandbox, `set -- ${borrowed.map((path) => `'${path}'`).join(' ')}\n${script}`);
      expect(seen).toEqual(borrowed.map(() => 'seen'));
    });

    test('sees of the data folder its own sandbox only, and of that neither what is collected nor other states', async () => {
      await create('wo-other');
      const sandbox = await create();
      const root = dirname(sandbox.directory);
      await sandbox.attemptFolders({ agent: 'another' });
      await writeFile(join(root, 'agents/another/login'), '');
      await writeFile(join(world.dataDirectory, 'work-orders.db'), '');
      const script = `cd / && for path in '${world.dataDirectory}/work-orders.db' '${world.dataDirectory}/work-orders/wo-other' \\
        '${root}/collected.git' '${root}/owner.json' '${root}/processes' '${root}/agents/another/login' '${world.remote.url}'
        do [ ! -e "$path" ] || echo "$path"; done; for path in "$HOME" "$TMPDIR" "$STATE"; do echo x > "$path/x" && echo ok; done`;
      expect(await shell(sandbox, script)).toEqual(['ok', 'ok', 'ok']);
      expect(await readFile(join(root, 'agents/demo/x'), 'utf8')).toBe('x\n');
    });

    test('keeps its state to the next attempt, after a restart too', async () => {
      const sandbox = await create();
      await shell(sandbox, 'echo kept > "$STATE/session"; echo gone > "$HOME/x"');
      expect(await shell(await open(sandbox), 'cat "$STATE/session"; ls "$HOME"')).toEqual(['kept']);
    });

    test('reads what its adapter needs', async () => {
      const sandbox = await create();
      const part = join(world.folder.path, 'parts/part');
      await mkdir(dirname(part));
      await writeFile(part, 'part\n');
      expect(await shell(sandbox, `cat '${part}' || echo absent`)).toEqual(['absent']);
      const needs = { readable: [part], hosts: [] } satisfies { readable: string[]; hosts: [] };
      expect(await shell(sandbox, `cat '${part}'`, { needs })).toEqual(['part']);
    });
  });
}
