import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, WorkOrderError } from '../domain/errors.ts';
import type { GitCommand } from '../process/git.ts';
import { git, gitLine, gitParts, isObjectId } from '../process/git.ts';
import { shellLine } from '../process/git-environment.ts';
import type { Confinement } from './confinement/confinement.ts';
import type { SandboxFolders } from './folders.ts';
import { isFolder, removeFolder } from './folders.ts';
import { BASE_REF } from './sandbox-kind.ts';

/*
 * Git of the service never works with a `.git` that an agent could touch. The working copy is written into objects by
 * a git folder of the service's own, the snapshot; and because `add` can still be made to run a program (the filter
 * of a nested repository), that happens inside the confinement, and the snapshot itself is not trusted either: what
 * it holds is fetched, and checked, into the clean repository, by an upload-pack inside the confinement.
 */

export interface CheckpointInput {
  readonly folders: SandboxFolders;
  /** Folders that the clean repository borrows objects from. */
  readonly borrowedFrom: readonly string[];
  readonly confinement: Confinement;
  readonly baseCommit: string;
  readonly name: string;
  readonly signal?: AbortSignal | undefined;
}

/** Under which ref of the clean repository a checkpoint is kept. */
function checkpointRef(name: string): string {
  if (!/^[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?![./]))*$/.test(name) || /\.lock$|\.$/.test(name)) {
    throw new WorkOrderError('sandbox_failed', `A checkpoint cannot have the name ${JSON.stringify(name)}.`);
  }
  return `refs/awo/checkpoints/${name}`;
}

/** Makes the snapshot where there is none. */
export async function ensureSnapshot(folders: SandboxFolders, signal?: AbortSignal): Promise<void> {
  if (await isFolder(folders.snapshot)) return;
  const unfinished = `${folders.snapshot}.making`;
  await removeFolder(unfinished);
  await mkdir(unfinished);
  await git({ args: ['init', '--quiet', '--bare', '--', unfinished], signal });
  // Relative, because the folder of the work order is renamed when it is whole.
  await writeFile(join(unfinished, 'objects', 'info', 'alternates'), '../../collected.git/objects\n');
  await rename(unfinished, folders.snapshot);
}

/** `Sandbox.checkpoint`. Rejects with `sandbox_failed`, `git_failed` or `cancelled`. */
export async function takeCheckpoint(input: CheckpointInput): Promise<string> {
  const { folders } = input;
  const ref = checkpointRef(input.name);
  if (!(await isFolder(folders.tree))) {
    throw new WorkOrderError('sandbox_failed', `The working copy ${folders.tree} is gone.`);
  }
  await ensureSnapshot(folders, input.signal);
  try {
    return await snapshotAndCollect(input, ref);
  } catch (error) {
    if (hasCode(error, 'cancelled') || hasCode(error, 'sandbox_failed')) throw error;
    // The snapshot may be what is broken (a lock of a git that was killed, an index cut in its write); nothing is
    // lost with it.
    await removeFolder(folders.snapshot);
    await ensureSnapshot(folders, input.signal);
    return snapshotAndCollect(input, ref);
  }
}

async function snapshotAndCollect(input: CheckpointInput, ref: string): Promise<string> {
  const { baseCommit } = input;
  // From the base each time: else a file that one step left and a later one ignored would stay for ever.
  await git(confined(input, ['read-tree', '--reset', '--end-of-options', baseCommit]));
  await addAll(input);
  const tree = await gitLine(confined(input, ['write-tree']));
  const commitTree = confined(input, ['commit-tree', '-p', baseCommit, '-m', `Checkpoint ${input.name}`, tree]);
  const commit = await gitLine(commitTree);
  if (!isObjectId(commit)) throw new WorkOrderError('git_failed', 'The checkpoint has no readable name.');
  await collect(input, commit, ref);
  return commit;
}

/** A git command on working copy and snapshot, inside the confinement. */
function confined(
  { confinement, folders, borrowedFrom, signal }: CheckpointInput,
  args: readonly string[],
): GitCommand {
  return {
    args,
    gitDirectory: folders.snapshot,
    workTree: folders.tree,
    signal,
    wrap: (command) =>
      confinement.collect({
        ...command,
        directory: folders.tree,
        readable: [folders.tree, folders.collected, ...borrowedFrom],
        writable: [folders.snapshot],
      }),
  };
}

/**
 * Adds every file that is not ignored, those of nested repositories included. Git would record only the commit of a
 * nested repository, or refuse one without a commit; it goes into a folder of which the index has a file. So such a
 * folder is given an entry that has no file, which the next `add` takes away again while it adds the true ones.
 */
async function addAll(input: CheckpointInput): Promise<void> {
  const known = new Set<string>();
  for (;;) {
    const added = await git(confinedAdd(input, [0, 1, 128]));
    const complains = /adding embedded git repository|does not have a commit checked out/.test(added.stderr);
    if (added.exitCode === 0 && !complains) return;
    const nested = complains ? await nestedRepositories(input) : [];
    const fresh = nested.filter((path) => !known.has(path));
    // Nothing new to go into: the same command once more, for its error.
    if (fresh.length === 0) {
      await git(confinedAdd(input, [0]));
      return;
    }
    for (const path of fresh) known.add(path);
    await goInto(input, [...known]);
  }
}

function confinedAdd(input: CheckpointInput, acceptedExitCodes: readonly number[]): GitCommand {
  return { ...confined(input, ['add', '--all']), acceptedExitCodes };
}

/** Folders that git takes for repositories of their own, the submodules of the base not among them. */
async function nestedRepositories(input: CheckpointInput): Promise<readonly string[]> {
  const untracked = await gitParts(confined(input, ['ls-files', '-z', '--others', '--exclude-standard']));
  const fromBase = await gitlinks(
    confined(input, ['ls-tree', '-r', '-z', '--full-tree', '--end-of-options', input.baseCommit]),
  );
  const staged = await gitlinks(confined(input, ['ls-files', '-z', '--stage']));
  const added = [...staged].filter((path) => !fromBase.has(path));
  return [...untracked.filter((path) => path.endsWith('/')).map((path) => path.slice(0, -1)), ...added];
}

/** The paths of the entries that are commits of other repositories. */
async function gitlinks(listing: GitCommand): Promise<ReadonlySet<string>> {
  const entries = await gitParts(listing);
  return new Set(
    entries.filter((entry) => entry.startsWith('160000 ')).map((entry) => entry.split('\t').slice(1).join('\t')),
  );
}

async function goInto(input: CheckpointInput, folders: readonly string[]): Promise<void> {
  const empty = await gitLine({ ...confined(input, ['hash-object', '-w', '--stdin']), stdin: '' });
  const entries = folders.map((path) => `100644 ${empty} 0\t${path}/.awo-go-into\0`);
  const update = confined(input, ['update-index', '--add', '--replace', '-z', '--index-info']);
  await git({ ...update, stdin: entries.join('') });
}

/** Brings the commit from the snapshot into the clean repository, every object of it checked. */
async function collect(input: CheckpointInput, commit: string, ref: string): Promise<void> {
  const { confinement, folders, borrowedFrom, signal } = input;
  const uploadPack = confinement.collect({
    file: 'git',
    args: ['upload-pack'],
    directory: folders.snapshot,
    readable: [folders.snapshot, folders.collected, ...borrowedFrom],
    writable: [],
  });
  await git({
    gitDirectory: folders.collected,
    args: [
      'fetch',
      '--quiet',
      '--no-tags',
      '--no-write-fetch-head',
      '--refmap=',
      `--negotiation-tip=${BASE_REF}`,
      '--negotiation-tip=refs/awo/checkpoints/*',
      `--upload-pack=${shellLine([uploadPack.file, ...uploadPack.args])}`,
      '--',
      folders.snapshot,
      `+${commit}:${ref}`,
    ],
    config: [
      ['transfer.fsckObjects', 'true'],
      // The mirror's refs, one for each work order there ever was, are not to be offered.
      ['core.alternateRefsPrefixes', BASE_REF],
    ],
    remote: folders.snapshot,
    signal,
  });
}
