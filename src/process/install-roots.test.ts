import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { installRoots } from './install-roots.ts';

let home = '';

beforeEach(async () => {
  home = join(await realpath(await mkdtemp(join(tmpdir(), 'awo-roots-'))), 'ada');
});

afterEach(async () => {
  await rm(dirname(home), { recursive: true });
});

async function program(path: string, content = '\x7fELF'): Promise<string> {
  const file = join(home, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
  await chmod(file, 0o755);
  return file;
}

async function link(path: string, target: string): Promise<string> {
  await mkdir(dirname(join(home, path)), { recursive: true });
  await symlink(target, join(home, path));
  return join(home, path);
}

/** What is shown of the home folder, by ways from it; the program itself is always shown by its own name. */
function rootsOf(file: string, path = '/usr/bin'): readonly string[] {
  const roots = installRoots({ file, path, home });
  expect(roots).toContain(file);
  return roots
    .filter((root) => root.startsWith(`${home}/`) && root !== file)
    .map((root) => root.slice(home.length + 1));
}

const NODE = '#!/usr/bin/env node\n';

test('a package of a Node below the home folder: its packages, and that Node by PATH', async () => {
  const prefix = '.nvm/versions/node/v24.1.0';
  const node = await program(`${prefix}/bin/node`);
  await program(`${prefix}/lib/node_modules/@x/agent/cli.js`, NODE);
  await program('.config/secret');
  const agent = await link(`${prefix}/bin/agent`, '../lib/node_modules/@x/agent/cli.js');
  expect(rootsOf(agent, dirname(node))).toEqual(
    ['lib/node_modules', 'bin/node', 'bin', 'lib'].map((name) => `${prefix}/${name}`),
  );
});

test('a folder that is a link, as fnm makes them', async () => {
  await program('.local/share/fnm/node-versions/v24/installation/lib/node_modules/agent/cli.js');
  await link('.local/share/fnm/node-versions/v24/installation/bin/agent', '../lib/node_modules/agent/cli.js');
  await link('run/multishell', join(home, '.local/share/fnm/node-versions/v24/installation'));
  expect(rootsOf(join(home, 'run/multishell/bin/agent'))).toEqual([
    '.local/share/fnm/node-versions/v24/installation/lib/node_modules',
  ]);
});

test('packages nested in packages: the outermost folder of them, for platform packages lie beside', async () => {
  const file = await program('tools/node_modules/agent/node_modules/agent-linux-x64/bin/agent');
  expect(rootsOf(file)).toEqual(['tools/node_modules']);
});

test('the npm package node is shown alone', async () => {
  expect(rootsOf(await program('project/node_modules/node/bin/node'))).toEqual(['project/node_modules/node']);
});

test('a program among others in the home folder brings neither the home folder nor .local', async () => {
  await program('.local/share/agent-work-orders/work-orders.db');
  await program('.local/lib/node_modules/npm/cli.js');
  expect(rootsOf(await program('agent.sh', '#!/bin/sh\n'))).toEqual([]);
  expect(rootsOf(await program('Documents/agent'))).toEqual([]);
  expect(rootsOf(await program('.local/bin/node'))).toEqual(['.local/bin', '.local/lib/node_modules']);
  await program('.local/share/claude/versions/2.1.330');
  const claude = await link('.local/bin/claude', join(home, '.local/share/claude/versions/2.1.330'));
  expect(rootsOf(claude)).toEqual(['.local/share/claude/versions']);
});

test('what lies beside the folder of programs in a prefix of its own', async () => {
  await program('opt/tool/libexec/part');
  await program('opt/tool/private/key');
  expect(rootsOf(await program('opt/tool/bin/tool'))).toEqual(['opt/tool/bin', 'opt/tool/libexec']);
});

test('a script of a package that is linked, whole', async () => {
  await program('dev/agent/package.json', '{}');
  const file = await program('dev/agent/src/cli.js', NODE);
  expect(rootsOf(file)).toEqual(['dev/agent']);
  expect(rootsOf(await program('dev/agent/target/native'))).toEqual(['dev/agent/target']);
});

test('a virtual environment of Python, by its script or by its interpreter', async () => {
  const venv = '.local/pipx/venvs/agent';
  await program(`${venv}/pyvenv.cfg`);
  await program('.pyenv/versions/3.13/bin/python3');
  const python = await link(`${venv}/bin/python`, join(home, '.pyenv/versions/3.13/bin/python3'));
  const script = await program(`${venv}/bin/agent`, `#!${python}\n`);
  expect(rootsOf(script)).toEqual([venv, `${venv}/bin/python`, '.pyenv/versions/3.13/bin']);
  expect(rootsOf(python)).toEqual(['.pyenv/versions/3.13/bin', venv]);
});

test('launchers of a version manager need what they launch', async () => {
  expect(rootsOf(await program('.pyenv/shims/agent', '#!/bin/sh\n'))).toEqual(['.pyenv']);
});

test('interpreters through env with options, and what is not there', async () => {
  const bun = await program('.bun/bin/bun');
  const file = await program('dev/agent.ts', '#!/usr/bin/env -S FORCE=1 bun --smol\n');
  expect(rootsOf(file, dirname(bun))).toContain('.bun/bin/bun');
  expect(installRoots({ file: join(home, 'nothing'), path: undefined, home })).toEqual([]);
  const circle = await link('circle', join(home, 'circle'));
  expect(installRoots({ file: circle, path: undefined, home })).toEqual([]);
});
