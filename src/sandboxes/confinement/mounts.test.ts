import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Place } from './mounts.ts';
import { planMounts } from './mounts.ts';

let folder = '';

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'awo-mounts-')));
  for (const name of ['a/inner', 'b']) await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, 'a/file'), '');
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const at = (name: string, access: Place['access'] = 'read'): Place => ({ path: join(folder, name), access });

/** The options that name something of the folder, with its path taken out. */
function plan(...places: readonly Place[]): readonly string[] {
  const { args } = planMounts(places);
  const own = args.slice(args.findIndex((arg) => arg.startsWith(folder)) - 1);
  return own.map((arg) => arg.replace(`${folder}/`, ''));
}

test('what is shown is bound once, at its own path, the outer before the inner', () => {
  expect(plan(at('a/inner', 'write'), at('a'), at('a/file'), at('a'))).toEqual(
    ['--ro-bind-try', 'a', 'a'].concat(['--bind-try', 'a/inner', 'a/inner']),
  );
});

test('nothing is bound inside of what may be written, and no link there leads out of it', async () => {
  await symlink('../b', join(folder, 'a/out'));
  const writable = ['--bind-try', 'a', 'a'];
  expect(plan(at('a', 'write'), at('a/inner'))).toEqual(writable);
  expect(plan(at('a', 'write'), at('a/inner', 'hide'))).toEqual(writable);
  expect(plan(at('a', 'write'), at('a/out'))).toEqual(writable);
  expect(plan(at('a'), at('a/out'))).toEqual(['--ro-bind-try', 'a', 'a', '--ro-bind-try', 'b', 'b']);
});

test('what is both is writable, and what is absent is passed over', () => {
  expect(plan(at('b', 'write'), at('b'), at('nothing'), at('nothing/below'))).toEqual(['--bind-try', 'b', 'b']);
});

test('what is to be hidden is covered only where something around it is shown, and may show something inside', () => {
  expect(plan(at('b'), at('a', 'hide'))).toEqual(['--ro-bind-try', 'b', 'b']);
  const { args } = planMounts([at(''), at('a', 'hide'), at('a/inner', 'write')]);
  const [hidden, inner] = [join(folder, 'a'), join(folder, 'a/inner')];
  expect(args.slice(-5)).toEqual(['--tmpfs', hidden, '--bind-try', inner, inner]);
});

test('a file is hidden as a file', () => {
  expect(plan(at('a'), at('a/file', 'hide')).slice(-3)).toEqual(['--ro-bind', '/dev/null', 'a/file']);
});

test('links are made again on the way to what they lead to', async () => {
  await symlink('../b', join(folder, 'a/to-b'));
  await symlink(join(folder, 'a'), join(folder, 'to-a'));
  await writeFile(join(folder, 'b/file'), '');
  expect(plan(at('to-a/to-b/file'))).toEqual(
    ['--ro-bind-try', 'b/file', 'b/file'].concat(['--symlink', 'a', 'to-a'], ['--symlink', '../b', 'a/to-b']),
  );
});

test('links in a circle lead nowhere', async () => {
  await symlink('x', join(folder, 'y'));
  await symlink('y', join(folder, 'x'));
  expect(planMounts([at('x/file')]).args).toEqual(planMounts([]).args);
});

test('knows which paths lead to something inside', async () => {
  await symlink(join(folder, 'a'), join(folder, 'shown'));
  await symlink(join(folder, 'a'), join(folder, 'other'));
  const mounts = planMounts([at('shown/inner')]);
  const paths = ['', 'a', 'a/inner', 'shown', 'shown/inner', 'b', 'a/file', 'other/inner', 'nothing'];
  expect(paths.filter((path) => mounts.shows(join(folder, path)))).toEqual([
    '',
    'a',
    'a/inner',
    'shown',
    'shown/inner',
  ]);
});
