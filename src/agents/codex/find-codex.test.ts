import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findCodex } from './find-codex.ts';

const PLATFORM_PACKAGE = `@openai/codex-${process.platform}-${process.arch}`;
const TARGETS: Readonly<Record<string, string>> = {
  'linux-x64': 'x86_64-unknown-linux-musl',
  'linux-arm64': 'aarch64-unknown-linux-musl',
  'darwin-x64': 'x86_64-apple-darwin',
  'darwin-arm64': 'aarch64-apple-darwin',
};
const TARGET = TARGETS[`${process.platform}-${process.arch}`] ?? 'none';

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'awo-codex-')));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function program(path: string, text: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  await chmod(path, 0o755);
  return path;
}

/** What npm makes: a link on PATH to a launcher in a package. */
async function installed(packages: string | null): Promise<{ readonly root: string | null }> {
  const launcher = join(folder, 'node_modules/@openai/codex/bin/codex.js');
  await program(launcher, '#!/bin/sh\n');
  await mkdir(join(folder, 'bin'));
  await symlink(launcher, join(folder, 'bin', 'codex'));
  if (packages === null) return { root: null };
  const root = join(folder, packages, 'vendor', TARGET);
  await program(join(root, 'bin', 'codex'), '#!/bin/sh\n');
  await writeFile(join(folder, packages, 'package.json'), '{}');
  return { root };
}

const find = () => findCodex({ wanted: 'codex', path: join(folder, 'bin') });

test.each([
  ['beside', `node_modules/${PLATFORM_PACKAGE}`],
  ['nested', `node_modules/@openai/codex/node_modules/${PLATFORM_PACKAGE}`],
  ['inside', 'node_modules/@openai/codex'],
])('the native program of a package %s the launcher', async (_where, packages) => {
  const { root } = await installed(packages);
  expect(find()).toEqual({ path: join(root ?? '', 'bin', 'codex'), problem: null, detour: null, root });
});

test('the launcher, with a reason, where there is no native program', async () => {
  await installed(null);
  expect(find()).toEqual({
    path: join(folder, 'bin', 'codex'),
    problem: null,
    detour: `the package ${PLATFORM_PACKAGE} is not beside it`,
    root: null,
  });
});

test('a native program on PATH is taken as it is', async () => {
  const path = await program(join(folder, 'bin', 'codex'), '#!/bin/sh\n');
  expect(find()).toEqual({ path, problem: null, detour: null, root: null });
});

test('none', () => {
  expect(find()).toMatchObject({ path: null, problem: expect.stringContaining('codex was not found') });
});
