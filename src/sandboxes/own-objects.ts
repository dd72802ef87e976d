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
  const objects = new Set<string>();
  for (const commit of new Set([base, ...commits.split('\n').filter(Boolean)])) {
    objects.add(commit);
    objects.add(await gitLine({ gitDirectory: collected, args: ['rev-parse', '--verify', `${commit}^{tree}`] }));
    for (const object of await objectsThatDiffer(collected, base, commit)) objects.add(object);
  }
  await git({
    gitDirectory: collected,
    args: ['pack-objects', '-q', join(collected, 'objects', 'pack', 'pack')],
    stdin: [...objects].join('\n'),
  });
  // The past of the base is not there; git must not look for it.
  await writeFile(join(collected, 'shallow'), `${base}\n`);
  await rm(alternatesOf(collected), { force: true });
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
