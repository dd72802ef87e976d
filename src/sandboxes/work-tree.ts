import { appendFile, copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { git } from '../process/git.ts';
import { SERVICE_IDENTITY } from '../process/git-environment.ts';
import { isFolder } from './folders.ts';

/** More writers than this do not make a checkout faster. */
const CHECKOUT_WORKERS = 4;

/**
 * Makes a working copy with a clean `.git` of its own: HEAD on `branch` at the base commit, the files of `content`.
 * What they differ in is shown by `git status` as changes that are not staged.
 */
export async function makeWorkTree(input: {
  /** Must not exist. */
  readonly into: string;
  readonly branch: string;
  readonly baseCommit: string;
  /** The commit whose files are written. */
  readonly content: string;
  /** The clean repository, which has the commits that `.git` itself is not given. */
  readonly collected: string;
  readonly supplyHistory: (gitDirectory: string) => Promise<void>;
  readonly signal?: AbortSignal | undefined;
}): Promise<void> {
  const { into, branch, baseCommit, content, signal } = input;
  const gitDirectory = join(into, '.git');
  await git({ args: ['init', '--quiet', `--initial-branch=${branch}`, '--', into], signal });
  await input.supplyHistory(gitDirectory);
  // So that a commit which an agent makes in spite of its prompt does not fail. No remote: it has no business there.
  await appendFile(
    join(gitDirectory, 'config'),
    `[user]\n\tname = ${SERVICE_IDENTITY.name}\n\temail = ${SERVICE_IDENTITY.email}\n`,
  );
  await git({ gitDirectory, args: ['update-ref', '--no-deref', `refs/heads/${branch}`, baseCommit], signal });
  await git({
    gitDirectory,
    workTree: into,
    args: ['read-tree', '-u', '--reset', '--end-of-options', content],
    config: [['checkout.workers', String(CHECKOUT_WORKERS)]],
    env: { GIT_ALTERNATE_OBJECT_DIRECTORIES: join(input.collected, 'objects') },
    signal,
  });
  if (content === baseCommit) return;
  // The index of the base; entries that are the same in both keep what they know of their files.
  await git({ gitDirectory, workTree: into, args: ['read-tree', '--reset', '--end-of-options', baseCommit], signal });
}

/**
 * Lets the snapshot know the files of a fresh working copy, so that its next checkpoint need not read them all.
 * Only for one that no agent has touched yet.
 */
export async function shareIndex(input: { readonly tree: string; readonly snapshot: string }): Promise<void> {
  if (!(await isFolder(input.snapshot))) return;
  await copyFile(join(input.tree, '.git', 'index'), join(input.snapshot, 'index'));
}
