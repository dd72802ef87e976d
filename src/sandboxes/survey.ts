import { chmod, lstat, readdir } from 'node:fs/promises';
import { WorkOrderError } from '../domain/errors.ts';
import type { SandboxNote } from '../ports/sandbox.ts';
import type { GitCommand } from '../process/git.ts';
import { git, gitByteParts, gitLine } from '../process/git.ts';
import type { ChangeLimits } from './change-limits.ts';
import { refuseTooLarge, refuseTooMany } from './change-limits.ts';
import type { ChangedPath } from './survey-notes.ts';
import { lfsNotes, linkNotes, noteOf } from './survey-notes.ts';
import type { RawPath } from './raw-path.ts';
import { nameOf, onDisk } from './raw-path.ts';

/*
 * What a checkpoint would take in, found out before any object is written: by `ls-files`, which compares but runs no
 * program of a working copy, and by looking at the files themselves, which is all that the service does outside of
 * the confinement.
 */

export interface SurveyInput {
  readonly tree: string;
  readonly collected: string;
  readonly baseCommit: string;
  readonly limits: ChangeLimits;
  /** A git command on working copy and snapshot, inside the confinement. Its index is that of the base. */
  readonly inside: (args: readonly string[]) => GitCommand;
}

export interface Survey {
  /** What `add` must not look at: git would run programs in a submodule, and fails on a pipe. */
  readonly leftOut: readonly RawPath[];
  readonly notes: readonly SandboxNote[];
}

/** A git of the agent's making may print names without end; so many bytes are more files than any limit. */
const MAX_LISTING_BYTES = 64 * 1024 * 1024;
/** Looks at the disk that are open at once. */
const AT_ONCE = 64;

/**
 * Looks through the working copy, and gives folders that are repositories of their own an entry in the index so that
 * `add` goes into them. Rejects with `change_too_large`, `sandbox_failed`, `git_failed` or `cancelled`.
 */
export async function surveyWorkingCopy(input: SurveyInput): Promise<Survey> {
  const { tree, limits } = input;
  const nested = new Set<RawPath>();
  let listed = await listChanges(input);
  for (;;) {
    const fresh = listed.flatMap((path) => (path.endsWith('/') ? [path.slice(0, -1)] : []));
    const unknown = fresh.filter((path) => !nested.has(path));
    if (unknown.length === 0) break;
    for (const path of unknown) nested.add(path);
    await goInto(input, unknown);
    listed = await listChanges(input);
  }
  const changed = await lookAt(tree, listed);
  const files = changed.filter(({ kind }) => kind !== 'special');
  refuseTooLarge(
    files.map(({ path, bytes }) => ({ name: nameOf(path), bytes })),
    limits,
  );
  const special = changed.filter(({ kind }) => kind === 'special').map(({ path }) => path);
  const submodules = await filledSubmodules(input);
  return {
    leftOut: [...special, ...submodules.map(({ path }) => path)],
    notes: [
      ...noteOf('nested_repository', [...nested], 'Collected as plain files, without the history of their own'),
      ...noteOf('special_file_left_out', special, 'Left as in the base, being neither files nor links now'),
      ...noteOf(
        'submodule_left_out',
        submodules.filter(({ empty }) => !empty).map(({ path }) => path),
        'Kept at the commit of the base, and nothing collected from inside the submodules',
      ),
      ...(await linkNotes(tree, files)),
      ...(await lfsNotes(input, files)),
    ],
  };
}

/** Paths that are new or not as in the index, those of files that are gone among them; `folder/` is a repository. */
async function listChanges(input: SurveyInput): Promise<readonly RawPath[]> {
  const { tree, limits, inside } = input;
  const args = ['ls-files', '-z', '-t', '--modified', '--others', '--exclude-standard'];
  const command: GitCommand = { ...inside(args), maxOutputBytes: MAX_LISTING_BYTES, onTooMuch: 'cut' };
  let answer = await gitByteParts(command);
  if (answer.stderr.includes('Permission denied')) {
    await makeReadable(tree);
    answer = await gitByteParts(command);
  }
  const denied = /^[^\n]*Permission denied[^\n]*$/m.exec(answer.stderr)?.[0];
  if (denied !== undefined) {
    throw new WorkOrderError('sandbox_failed', `The working copy cannot be read: ${denied}.`);
  }
  const added = answer.parts.filter((part) => part.startsWith('? ')).map((part) => nameOf(part.slice(2)));
  refuseTooMany(added, answer.cut ? { ...limits, maxChangeFiles: 0 } : limits);
  return [...new Set(answer.parts.map((part) => part.slice(2)))];
}

/**
 * Git would record only the commit of a nested repository, or refuse one without a commit; it goes into a folder of
 * which the index has a file. So such a folder is given an entry that has no file, which `add` takes away again.
 */
async function goInto({ inside }: SurveyInput, folders: readonly RawPath[]): Promise<void> {
  const empty = await gitLine({ ...inside(['hash-object', '-w', '--stdin']), stdin: '' });
  const entries = folders.map((path) => `100644 ${empty} 0\t${path}/.awo-go-into\0`).join('');
  const update = inside(['update-index', '--add', '--replace', '-z', '--index-info']);
  await git({ ...update, stdin: Buffer.from(entries, 'latin1') });
}

async function lookAt(tree: string, paths: readonly RawPath[]): Promise<readonly ChangedPath[]> {
  const found: ChangedPath[] = [];
  for (let from = 0; from < paths.length; from += AT_ONCE) {
    const some = await Promise.all(paths.slice(from, from + AT_ONCE).map((path) => lookAtOne(tree, path)));
    for (const each of some) if (each) found.push(each);
  }
  return found;
}

/** Null for what is gone, or has become a folder. */
async function lookAtOne(tree: string, path: RawPath): Promise<ChangedPath | null> {
  const stats = await lstat(onDisk(tree, path)).catch(() => null);
  if (stats === null || stats.isDirectory()) return null;
  if (stats.isSymbolicLink()) return { path, kind: 'link', bytes: stats.size };
  if (!stats.isFile()) return { path, kind: 'special', bytes: 0 };
  if ((stats.mode & 0o400) === 0) await chmod(onDisk(tree, path), (stats.mode & 0o777) | 0o400);
  return { path, kind: 'file', bytes: stats.size };
}

/**
 * The submodules of the base whose folders are there. Without being told not to, `add` would start git inside them,
 * with whatever the agent has put into their configuration.
 */
async function filledSubmodules(input: SurveyInput): Promise<readonly { path: RawPath; empty: boolean }[]> {
  const { tree, collected, baseCommit } = input;
  const args = ['ls-tree', '-r', '-z', '--full-tree', '--end-of-options', baseCommit];
  const { parts } = await gitByteParts({ gitDirectory: collected, args, maxOutputBytes: 2 ** 30 });
  const found: { path: RawPath; empty: boolean }[] = [];
  for (const entry of parts) {
    if (!entry.startsWith('160000 ')) continue;
    const path = entry.slice(entry.indexOf('\t') + 1);
    const stats = await lstat(onDisk(tree, path)).catch(() => null);
    if (!stats?.isDirectory()) continue;
    const names = await readdir(onDisk(tree, path)).catch(() => ['unreadable']);
    found.push({ path, empty: names.length === 0 });
  }
  return found;
}

/** Gives the owner the right to read what an agent has taken it from, so that it does not pass for deleted. */
async function makeReadable(tree: string): Promise<void> {
  const folders: RawPath[] = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const { mode } = await lstat(onDisk(tree, folder));
    if ((mode & 0o500) !== 0o500) await chmod(onDisk(tree, folder), (mode & 0o777) | 0o700);
    for (const entry of await readdir(onDisk(tree, folder), { withFileTypes: true, encoding: 'buffer' })) {
      if (entry.isDirectory()) folders.push(`${folder}${folder && '/'}${entry.name.toString('latin1')}`);
    }
  }
}
