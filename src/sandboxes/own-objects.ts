import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { git, gitLine, gitByteParts } from '../process/git.ts';
import { BASE_REF } from './sandbox-kind.ts';

/**
 * Lets a clean repository stand alone: what its diffs are made of is copied into it, then it borrows no more. What the
 * base has beyond that is not copied, so that a finished work order costs what it changed and not what it started from.
 */
export async function keepOwnObjects(collected: string): Promise<void> {
  const commits = await gitLine({
    gitDirectory: collected,
    args: ['for-each-ref', '--format=%(objectname)', 'refs/heads', 'refs/awo/checkpoints'],
  });
  const base = await gitLine({ gitDirectory: collected, args: ['rev-parse', '--verify', BASE_REF] });
  await packObjects({ from: collected, into: collected, base, commits: commits.split('\n').filter(Boolean) });
  // The past of the base is not there; git must not look for it.
  await writeFile(join(collected, 'shallow'), `${base}\n`);
  await rm(alternatesOf(collected), { force: true });
}

/**
 * Copies what the diffs of commits against the base are made of into a clean repository, in one pack; `from` has all of
 * it, was checked when it came there, and may be written to meanwhile.
 */
export async function packObjects(input: {
  readonly from: string;
  readonly into: string;
  readonly base: string;
  readonly commits: readonly string[];
}): Promise<void> {
  const { from, into, base, commits } = input;
  const objects = new Set<string>();
  for (const commit of new Set([base, ...commits])) {
    objects.add(commit);
    objects.add(await gitLine({ gitDirectory: from, args: ['rev-parse', '--verify', `${commit}^{tree}`] }));
    for (const object of await objectsThatDiffer(from, base, commit)) objects.add(object);
  }
  await git({
    gitDirectory: from,
    args: ['pack-objects', '-q', join(into, 'objects', 'pack', 'pack')],
    stdin: [...objects].join('\n'),
  });
}

export function alternatesOf(gitDirectory: string): string {
  return join(gitDirectory, 'objects', 'info', 'alternates');
}

/** Files and folders on the way to them, of both sides; commits of submodules are of other repositories. */
async function objectsThatDiffer(collected: string, from: string, to: string): Promise<readonly string[]> {
  const args = ['diff-tree', '-r', '-t', '-z', '--no-renames', '--no-ext-diff', '--end-of-options', from, to];
  const { parts } = await gitByteParts({ gitDirectory: collected, args, maxOutputBytes: 2 ** 30 });
  const objects: string[] = [];
  for (const part of parts) {
    const [, fromMode, toMode, fromObject, toObject] = /^:(\d+) (\d+) ([0-9a-f]+) ([0-9a-f]+) /.exec(part) ?? [];
    if (fromObject !== undefined && isOfThisRepository(fromMode)) objects.push(fromObject);
    if (toObject !== undefined && isOfThisRepository(toMode)) objects.push(toObject);
  }
  return objects;
}

function isOfThisRepository(mode: string | undefined): boolean {
  return mode !== '000000' && mode !== '160000';
}
