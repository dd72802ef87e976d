import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AgentCommand } from './confinement.ts';
import { detectConfinement } from './detect.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'awo-confinement-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function fakeBubblewrap(script: string): Promise<string> {
  await writeFile(join(folder, 'bwrap'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return folder;
}

/** The least that can be said of a command of an agent's. */
function agentCommand(command: { readonly file: string; readonly args: readonly string[] }): AgentCommand {
  const nothing = { env: {}, readable: [], writable: [], hosts: [], onNetworkRefused: () => undefined };
  return { ...nothing, directory: '/', ...command };
}

const LOST = 'processes of an agent that shed both group and marker may survive';

describe('finding out what confines agents here', () => {
  test('none leaves commands as they are and says what that means', async () => {
    const none = await detectConfinement('none');
    const { report } = none;
    expect(report).toMatchObject({ kind: 'none', version: null });
    expect(report.problem).toContain('switched off by the configuration');
    expect(report.problem).toContain(LOST);
    const command = { file: 'git', args: ['--version'] };
    expect((await none.agent(agentCommand(command))).command).toEqual({ ...command, infoFd: null });
    expect(none.collect({ ...command, directory: '/', readable: [], writable: [] })).toEqual({
      ...command,
      infoFd: null,
    });
  });

  test('auto says that bubblewrap is not installed and how to get it', async () => {
    const { report } = await detectConfinement('auto', { path: folder, platform: 'linux' });
    expect(report.kind).toBe('none');
    for (const part of ['not installed', LOST, 'apt install bubblewrap']) expect(report.problem).toContain(part);
  });

  test('auto says so on a system that has no bubblewrap', async () => {
    const { report } = await detectConfinement('auto', { platform: 'darwin' });
    expect(report.problem).toContain('Bubblewrap exists on Linux only.');
    expect(report.problem).toContain(LOST);
  });

  test('auto does not believe a bwrap that is there but cannot work', async () => {
    const words = 'bwrap: No permissions to create a new namespace';
    const path = await fakeBubblewrap(
      `[ "$1" = --version ] && echo "bubblewrap 9.8.7" && exit; echo "${words}" >&2; exit 1`,
    );
    const { report } = await detectConfinement('auto', { path, platform: 'linux' });
    expect(report.kind).toBe('none');
    for (const part of ['Bubblewrap 9.8.7', words, LOST, 'user.max_user_namespaces']) {
      expect(report.problem).toContain(part);
    }
  });

  test('auto does not believe a bwrap that makes no namespace', async () => {
    const path = await fakeBubblewrap(
      '[ "$1" = --version ] && exit; while [ "$1" != -- ]; do shift; done; shift; exec "$@"',
    );
    const { report } = await detectConfinement('auto', { path, platform: 'linux' });
    expect(report.kind).toBe('none');
    expect(report.problem).toContain('cannot shut a program in here');
  });

  test('bubblewrap is refused when it cannot be had', async () => {
    await expect(detectConfinement('bubblewrap', { path: folder })).rejects.toMatchObject({
      code: 'configuration_invalid',
    });
  });
});

const here = await detectConfinement('auto');

/** Whether the kernel allows what is wanted, asked without the code under test. */
async function bareBubblewrapWorks(): Promise<boolean> {
  const args = [
    '--unshare-pid',
    '--unshare-net',
    '--die-with-parent',
    '--ro-bind',
    '/',
    '/',
    '--proc',
    '/proc',
    'true',
  ];
  return await promisify(execFile)('bwrap', args).then(
    () => true,
    () => false,
  );
}

test('bubblewrap is used wherever it works', async () => {
  expect(here.report.kind).toBe((await bareBubblewrapWorks()) ? 'bubblewrap' : 'none');
});

describe.skipIf(here.report.kind === 'none')(`bubblewrap ${here.report.problem ?? ''}`, () => {
  const run = async (wrapped: { file: string; args: readonly string[] }, env: Record<string, string> = {}) => {
    const whole = { PATH: process.env['PATH'] ?? '', ...env };
    return (await promisify(execFile)(wrapped.file, wrapped.args, { env: whole })).stdout;
  };
  const collect = async (script: string, folders: { readable?: string[]; writable?: string[] } = {}) => {
    const { readable = [], writable = [] } = folders;
    const command = { file: '/bin/sh', args: ['-c', script], directory: folder, readable, writable };
    return await run(here.collect({ ...command, readable: [folder, ...readable] }));
  };

  test('collecting sees the named folders at their own paths, and writes only where it may', async () => {
    const inner = join(folder, 'inner');
    await mkdir(inner);
    await writeFile(join(folder, 'seen'), 'seen');
    expect(await collect('cat seen; pwd', { writable: [inner] })).toBe(`seen${folder}\n`);
    await collect('echo written > inner/new', { writable: [inner] });
    expect(await readFile(join(inner, 'new'), 'utf8')).toBe('written\n');
    const forbidden = ['new', '/new', '/usr/new', '/etc/gitconfig', '/etc/new'];
    const script = forbidden.map((path) => `(echo x > "${path}") 2>/dev/null && echo "${path}"`).join(';');
    expect(await collect(`${script}; true`, { writable: [inner] })).toBe('');
  });

  test('collecting sees nothing else: no home, no other process, no network, no capability', async () => {
    const hidden = await mkdtemp(join(tmpdir(), 'awo-hidden-'));
    try {
      const paths = [
        hidden,
        '/root',
        '/home',
        '/var/lib',
        '/run',
        '/sys',
        import.meta.dirname,
        '/etc/shadow',
        '/etc/gitconfig',
      ];
      expect(await collect(`for path in ${paths.join(' ')}; do [ ! -e "$path" ] || echo "$path"; done`)).toBe('');
    } finally {
      await rm(hidden, { recursive: true });
    }
    expect(await collect('ls /proc | grep -c "^[0-9]"')).toMatch(/^[1-6]\n$/);
    expect(await collect('tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d " "')).toBe('lo\n');
    expect(await collect('grep -E "^Cap(Eff|Prm|Bnd)" /proc/self/status | cut -f2 | sort -u')).toBe(
      '0000000000000000\n',
    );
  });

  test('collecting runs git, by its name too', async () => {
    const git = { args: ['init', '--quiet', 'made'], directory: folder, readable: [], writable: [folder] };
    await run(here.collect({ ...git, file: 'git' }), { HOME: '/nonexistent' });
    expect(await readFile(join(folder, 'made', '.git', 'HEAD'), 'utf8')).toMatch(/^ref: refs\/heads\//);
  });

  test('collecting makes the folder of a program visible that is not of the system', async () => {
    const place = await mkdtemp(join(tmpdir(), 'awo-tools-'));
    const tools = join(place, 'prefix');
    try {
      const file = join(tools, 'bin', 'tool');
      await mkdir(join(tools, 'bin'), { recursive: true });
      await mkdir(join(tools, 'libexec'));
      await writeFile(join(tools, 'private'), '');
      await writeFile(join(tools, 'libexec', 'part'), 'part');
      await writeFile(file, '#!/bin/sh\ncat "${0%/bin/tool}/libexec/part"; ls "${0%/bin/tool}"\n', { mode: 0o755 });
      const wrapped = here.collect({ file, args: [], directory: folder, readable: [folder], writable: [] });
      expect(await run(wrapped)).toBe('partbin\nlibexec\n');
    } finally {
      await rm(place, { recursive: true });
    }
  });

  test('an agent is started by a wrapper that tells its pid', async () => {
    const { command } = await here.agent(agentCommand({ file: '/bin/sh', args: [] }));
    const { args, infoFd } = command;
    expect(args[args.indexOf('--info-fd') + 1]).toBe(String(infoFd));
    expect(args.slice(-2)).toEqual(['--', '/bin/sh']);
  });
});
