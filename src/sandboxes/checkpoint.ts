import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ErrorCode } from '../domain/error-catalogue.ts';
import { WorkOrderError } from '../domain/errors.ts';
import type { SandboxNote } from '../ports/sandbox.ts';
import type { GitCommand } from '../process/git.ts';
import { git, gitLine, isObjectId } from '../process/git.ts';
import { shellLine } from '../process/git-environment.ts';
import type { ChangeLimits } from './change-limits.ts';
import type { Confinement } from './confinement/confinement.ts';
import type { SandboxFolders } from './folders.ts';
import { isFolder, removeFolder } from './folders.ts';
import type { RawPath } from './raw-path.ts';
import { BASE_REF } from './sandbox-kind.ts';
import { surveyWorkingCopy } from './survey.ts';

/*
 * Git of the service never works with a `.git` that an agent could touch. The working copy is written into objects by
 * a git folder of the service's own, the snapshot. `add` could still be made to run a program (the filter of a
 * submodule), so it never looks into one; and in case there is another such way, it runs inside the confinement, and
 * the snapshot itself is not trusted either: what it holds is fetched, and checked, into the clean repository, by an
 * upload-pack inside the confinement.
 */

export interface CheckpointInput {
  readonly folders: SandboxFolders;
  /** Folders that the clean repository borrows objects from. */
  readonly borrowedFrom: readonly string[];
  readonly confinement: Confinement;
  readonly baseCommit: string;
  readonly name: string;
  readonly limits: ChangeLimits;
  readonly onNote: (note: SandboxNote) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Under which ref of the clean repository a checkpoint is kept. */
export function checkpointRef(name: string): string {
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

/** Failures for which a broken snapshot cannot be the reason. */
const FINAL: ReadonlySet<ErrorCode> = new Set(['cancelled', 'disk_full', 'sandbox_failed', 'change_too_large']);

/** `Sandbox.checkpoint`. Rejects with `change_too_large`, `disk_full`, `sandbox_failed`, `git_failed` or `cancelled`. */
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
    if (error instanceof WorkOrderError && FINAL.has(error.code)) throw error;
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
  const survey = await surveyWorkingCopy({
    tree: input.folders.tree,
    collected: input.folders.collected,
    baseCommit,
    limits: input.limits,
    inside: (args) => confined(input, args),
  });
  await addAll(input, survey.leftOut);
  const tree = await gitLine(confined(input, ['write-tree']));
  const commitTree = confined(input, ['commit-tree', '-p', baseCommit, '-m', `Checkpoint ${input.name}`, tree]);
  const commit = await gitLine(commitTree);
  if (!isObjectId(commit)) throw new WorkOrderError('git_failed', 'The checkpoint has no readable name.');
  await collect(input, commit, ref);
  for (const note of survey.notes) input.onNote(note);
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
 * Adds every file that is not ignored, those of nested repositories included, but for what the survey leaves out. Its
 * paths are patterns for this one command, so that some can be excluded.
 */
async function addAll(input: CheckpointInput, leftOut: readonly RawPath[]): Promise<void> {
  const patterns = [':/', ...leftOut.map((path) => `:(top,exclude,literal)${path}`)];
  const { stderr } = await git({
    ...confined(input, ['add', '--all', '--pathspec-from-file=-', '--pathspec-file-nul']),
    env: { GIT_LITERAL_PATHSPECS: '0' },
    stdin: Buffer.from(patterns.map((pattern) => `${pattern}\0`).join(''), 'latin1'),
  });
  const embedded = /adding embedded git repository: ([^\n]*)/.exec(stderr)?.[1];
  if (embedded === undefined) return;
  throw new WorkOrderError('sandbox_failed', `The repository ${embedded} inside the working copy cannot be collected.`);
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
