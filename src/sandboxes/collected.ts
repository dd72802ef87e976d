import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { WorkOrderError } from '../domain/errors.ts';
import type { Changes } from '../domain/step.ts';
import type { CollectedChanges, CommitIdentity } from '../ports/sandbox.ts';
import { git, gitLine, gitParts, isObjectId } from '../process/git.ts';
import { checkpointRef } from './checkpoint.ts';
import { isFolder, sandboxFolders } from './folders.ts';
import { signed } from './signing.ts';

/** Questions to a clean repository. Everything in it was checked on its way in, so no confinement is needed. */

const DIFF = ['diff-tree', '-r', '--no-ext-diff', '--no-textconv', '--no-color'] as const;

interface TwoCommits {
  readonly collected: string;
  readonly from: string;
  readonly to: string;
}

/** Paths that differ, a moved file as both its paths, in git's order. */
export function changedPaths({ collected, from, to }: TwoCommits): Promise<readonly string[]> {
  return pathsThatDiffer({ collected, from, to, filter: [] });
}

/** True when every file of `inside` is the same in `whole`; what `whole` has besides does not count. */
export async function holdsAllOf(input: {
  readonly collected: string;
  readonly whole: string;
  readonly inside: string;
}): Promise<boolean> {
  const { collected, whole, inside } = input;
  const paths = await pathsThatDiffer({ collected, from: whole, to: inside, filter: ['--diff-filter=d'] });
  return paths.length === 0;
}

/** Files and lines, a moved file counted once as `git diff --stat` and the forges do; no lines for a binary file. */
export async function changes({ collected, from, to }: TwoCommits): Promise<Changes> {
  const args = [...DIFF, '-M', '--numstat', '-z', '--end-of-options', commitId(from), commitId(to)];
  const parts = await gitParts({ gitDirectory: collected, args });
  let files_changed = 0;
  let lines_added = 0;
  let lines_removed = 0;
  for (let index = 0; index < parts.length; index += 1) {
    const [added, removed, path] = (parts[index] ?? '').split('\t');
    files_changed += 1;
    lines_added += Number(added) || 0;
    lines_removed += Number(removed) || 0;
    // A moved file: its two paths come as parts of their own.
    if (path === '') index += 2;
  }
  return { files_changed, lines_added, lines_removed };
}

/** `Sandbox.readFile`. A file with a NUL byte is not a text file. */
export async function readFileOf(input: {
  readonly collected: string;
  readonly commit: string;
  readonly path: string;
  readonly maxBytes: number;
}): Promise<string | null> {
  const { collected, path, maxBytes } = input;
  if (path === '' || path.includes('\0') || path.split('/').some((part) => ['', '.', '..'].includes(part))) return null;
  const look = ['ls-tree', '-z', '--long', '--full-tree', '--end-of-options', commitId(input.commit), '--', path];
  const [entry] = await gitParts({ gitDirectory: collected, args: look });
  const match = /^100(?:644|755) blob ([0-9a-f]+) +(\d+)\t/.exec(entry ?? '');
  const [, blob, size] = match ?? [];
  if (blob === undefined || Number(size) > maxBytes) return null;
  const { stdout } = await git({
    gitDirectory: collected,
    args: ['cat-file', 'blob', blob],
    maxOutputBytes: maxBytes + 1,
  });
  return stdout.includes(0) ? null : stdout.toString('utf8');
}

/** `Sandbox.withFile`, by an index of its own. */
export async function withFile(input: {
  readonly collected: string;
  readonly baseCommit: string;
  readonly checkpoint: string;
  readonly path: string;
  readonly content: string;
  readonly name: string;
}): Promise<string> {
  const { collected: gitDirectory, baseCommit, checkpoint, path, content, name } = input;
  const ref = checkpointRef(name);
  const index = join(gitDirectory, `index.${name}`);
  const env = { GIT_INDEX_FILE: index };
  try {
    await git({ gitDirectory, env, args: ['read-tree', commitId(checkpoint)] });
    const blob = await gitLine({ gitDirectory, args: ['hash-object', '-w', '--stdin'], stdin: content });
    const entry = `100644,${blob},${path}`;
    await git({ gitDirectory, env, args: ['update-index', '--add', '--cacheinfo', entry] });
    const tree = await gitLine({ gitDirectory, env, args: ['write-tree'] });
    const args = ['commit-tree', '-p', commitId(baseCommit), '-m', `Checkpoint ${name}`, tree];
    const commit = await gitLine({ gitDirectory, args });
    await git({ gitDirectory, args: ['update-ref', '--no-deref', ref, commit] });
    return commit;
  } finally {
    await rm(index, { force: true });
  }
}

/** Makes the commit of a work order: the tree of a checkpoint on the base. The same input makes the same commit. */
export async function commitOnBase(input: {
  readonly collected: string;
  readonly baseCommit: string;
  readonly checkpoint: string;
  readonly branch: string;
  readonly message: string;
  /** ISO 8601; git keeps whole seconds. */
  readonly at: string;
  readonly identity?: CommitIdentity | undefined;
}): Promise<string> {
  const { collected, baseCommit, checkpoint, branch, message, at, identity } = input;
  const seconds = Math.floor(Date.parse(at) / 1000);
  if (Number.isNaN(seconds)) throw new WorkOrderError('git_failed', `${at} is not a time.`);
  const date = `${seconds} +0000`;
  const { flags, config } = signed(identity?.signingKeyFile ?? null);
  const commit = await gitLine({
    gitDirectory: collected,
    args: ['commit-tree', ...flags, '-p', baseCommit, `${commitId(checkpoint)}^{tree}`],
    config,
    stdin: message.endsWith('\n') ? message : `${message}\n`,
    env: { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date },
    ...(identity ? { identity } : {}),
  });
  await git({ gitDirectory: collected, args: ['update-ref', '--no-deref', `refs/heads/${branch}`, commit] });
  return commit;
}

export async function hasCommit(collected: string, commit: string): Promise<boolean> {
  if (!isObjectId(commit)) return false;
  const args = ['cat-file', '-e', `${commit}^{commit}`];
  const { exitCode } = await git({ gitDirectory: collected, args, acceptedExitCodes: [0, 1, 128] });
  return exitCode === 0;
}

/** Reads what was collected, without a sandbox and without a service. */
export function createCollectedChanges({ dataDirectory }: { readonly dataDirectory: string }): CollectedChanges {
  return {
    async diff({ workOrderId, from, to, maxBytes, ignoreWhiteSpace = false }) {
      const { collected } = sandboxFolders(dataDirectory, workOrderId);
      if (!(await isFolder(join(collected, 'objects')))) return null;
      if (!(await hasCommit(collected, from)) || !(await hasCommit(collected, to))) return null;
      const { stdout, cut } = await git({
        gitDirectory: collected,
        args: [...DIFF, '-M', '-p', ...(ignoreWhiteSpace ? ['-w'] : []), '--end-of-options', from, to],
        maxOutputBytes: maxBytes,
        onTooMuch: 'cut',
      });
      return { text: textOf(stdout, cut), truncated: cut };
    },
  };
}

/** A cut in the middle of a character is moved to before it. */
function textOf(bytes: Buffer, cut: boolean): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: cut });
}

async function pathsThatDiffer(input: TwoCommits & { readonly filter: readonly string[] }): Promise<readonly string[]> {
  const { collected, from, to, filter } = input;
  const args = [
    ...DIFF,
    '--no-renames',
    '--name-only',
    '-z',
    ...filter,
    '--end-of-options',
    commitId(from),
    commitId(to),
  ];
  return gitParts({ gitDirectory: collected, args });
}

function commitId(text: string): string {
  if (isObjectId(text)) return text;
  throw new WorkOrderError('git_failed', `${JSON.stringify(text)} is not the full name of a commit.`);
}
