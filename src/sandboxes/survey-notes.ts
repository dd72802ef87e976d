import { constants } from 'node:fs';
import { open, readlink } from 'node:fs/promises';
import { posix } from 'node:path';
import type { SandboxNote } from '../ports/sandbox.ts';
import type { GitCommand } from '../process/git.ts';
import { gitByteParts } from '../process/git.ts';
import type { RawPath } from './raw-path.ts';
import { nameOf, onDisk } from './raw-path.ts';

/** A path that is new or not as in the base. */
export interface ChangedPath {
  readonly path: RawPath;
  /** `special` is a pipe, a socket or a device. */
  readonly kind: 'file' | 'link' | 'special';
  readonly bytes: number;
}

const MAX_NAMED = 5;
const LFS_POINTER = 'version https://git-lfs.github.com/spec/';

/** One note about all of the paths, or none where there are none. */
export function noteOf(code: string, paths: readonly RawPath[], what: string): readonly SandboxNote[] {
  if (paths.length === 0) return [];
  const more = paths.length > MAX_NAMED ? ` and ${paths.length - MAX_NAMED} more` : '';
  return [{ code, message: `${what}: ${paths.slice(0, MAX_NAMED).map(nameOf).join(', ')}${more}.` }];
}

/** Links are collected as links and never followed; those that lead elsewhere are told. */
export async function linkNotes(tree: string, changed: readonly ChangedPath[]): Promise<readonly SandboxNote[]> {
  const outside: RawPath[] = [];
  for (const { path, kind } of changed) {
    if (kind !== 'link') continue;
    const target = await readlink(onDisk(tree, path), 'latin1').catch(() => '');
    const inside = posix.normalize(posix.join(posix.dirname(path), target));
    if (target.startsWith('/') || /^\.\.(?:\/|$)|^\.git(?:\/|$)/.test(inside)) outside.push(path);
  }
  return noteOf('link_out_of_tree', outside, 'Links that lead out of the working copy, collected as links');
}

/** The filter of LFS is never run: pointers stay pointers, and what should have become one is told. */
export async function lfsNotes(
  input: { readonly tree: string; readonly inside: (args: readonly string[]) => GitCommand },
  changed: readonly ChangedPath[],
): Promise<readonly SandboxNote[]> {
  const files = new Map(changed.filter(({ kind }) => kind === 'file').map((file) => [file.path, file]));
  if (files.size === 0) return [];
  const { parts } = await gitByteParts({
    ...input.inside(['check-attr', '-z', '--stdin', 'filter']),
    stdin: Buffer.from([...files.keys()].map((path) => `${path}\0`).join(''), 'latin1'),
    maxOutputBytes: 2 ** 30,
  });
  const whole: RawPath[] = [];
  for (let at = 0; at + 2 < parts.length; at += 3) {
    const file = files.get(parts[at] ?? '');
    if (file && parts[at + 2] === 'lfs' && !(await isPointer(input.tree, file))) whole.push(file.path);
  }
  return noteOf('lfs_not_applied', whole, 'Collected whole although .gitattributes wants them in LFS');
}

async function isPointer(tree: string, { path, bytes }: ChangedPath): Promise<boolean> {
  if (bytes > 1024) return false;
  try {
    await using file = await open(onDisk(tree, path), constants.O_RDONLY | constants.O_NOFOLLOW);
    return (await file.readFile('latin1')).startsWith(LFS_POINTER);
  } catch {
    return false;
  }
}
