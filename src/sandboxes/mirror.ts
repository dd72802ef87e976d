import { createHash } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkOrderId } from '../domain/ids.ts';
import type { Credentials } from '../ports/credentials.ts';
import { git, gitLine } from '../process/git.ts';
import { isFolder, removeFolder } from './folders.ts';
import { isBorrowedFrom, keptRef, privateRef, tidyMirror } from './mirror-upkeep.ts';
import type { RemoteBase } from './remote.ts';
import { fetchRefs } from './remote.ts';

interface Borrower {
  readonly workOrderId: WorkOrderId;
  readonly repositoryUrl: string;
}

/** The objects of one repository, kept once for all its work orders; owned by the service. */
export interface Mirrors {
  /** Where the mirror of a repository is, or would be. */
  pathOf(input: { readonly repositoryUrl: string }): string;
  /**
   * Brings the base into the mirror and returns the path of the mirror. The commit stays there under a private ref of
   * the work order until `release`: without it a prune would break every sandbox that borrows its objects.
   */
  fetchBase(
    input: Borrower & {
      readonly base: RemoteBase;
      readonly signal: AbortSignal;
      readonly onProgress: (message: string) => void;
    },
  ): Promise<{ readonly mirror: string; readonly commit: string }>;
  /** The same for a base commit of old that was released: from the mirror, or from the remote by its name. */
  holdAgain(input: Borrower & { readonly baseCommit: string }): Promise<void>;
  /** The work order borrows nothing any more. Tidies the mirror up when that is worth it and nobody else borrows. */
  release(input: Borrower): Promise<void>;
  /** Removes mirrors that nobody borrows from, the longest unused first, until it is enough. */
  reclaim(input: { readonly except: string; readonly enough: () => Promise<boolean> }): Promise<void>;
}

/** Below a mirror: its time of change says when the mirror was used last. */
const USED = 'used';

export function mirrorsDirectory(dataDirectory: string): string {
  return join(dataDirectory, 'mirrors');
}

export function createMirrors({
  dataDirectory,
  credentials,
}: {
  readonly dataDirectory: string;
  readonly credentials: Credentials;
}): Mirrors {
  const directory = mirrorsDirectory(dataDirectory);
  /** The last one in the queue of each mirror: git's own locks make concurrent fetches fail, so they never meet. */
  const queues = new Map<string, Promise<unknown>>();

  async function alone<Result>(mirror: string, work: () => Promise<Result>): Promise<Result> {
    const before = queues.get(mirror) ?? Promise.resolve();
    const now = before.then(work, work);
    queues.set(mirror, now);
    try {
      return await now;
    } finally {
      if (queues.get(mirror) === now) queues.delete(mirror);
    }
  }

  const pathOf = (repositoryUrl: string) => join(directory, mirrorName(repositoryUrl));

  return {
    pathOf: ({ repositoryUrl }) => pathOf(repositoryUrl),
    fetchBase({ workOrderId, repositoryUrl, base, signal, onProgress }) {
      const mirror = pathOf(repositoryUrl);
      return alone(mirror, async () => {
        await ensureMirror(mirror);
        const refs = [privateRef(workOrderId), keptRef(base.branch)];
        await removeOldLocks(mirror, refs);
        if (await isTip(mirror, base.commit)) {
          await pointAt(mirror, refs, base.commit, signal);
          return { mirror, commit: base.commit };
        }
        onProgress(`Fetching ${base.branch} of ${repositoryUrl}`);
        await removeUnfinishedPacks(mirror);
        const refspecs = refs.map((ref) => `+refs/heads/${base.branch}:${ref}`);
        await fetchRefs({ gitDirectory: mirror, repositoryUrl, refspecs, credentials, signal });
        const args = ['rev-parse', '--verify', '--end-of-options', `${refs[0]}^{commit}`];
        return { mirror, commit: await gitLine({ gitDirectory: mirror, args }) };
      });
    },
    holdAgain({ workOrderId, repositoryUrl, baseCommit }) {
      const mirror = pathOf(repositoryUrl);
      return alone(mirror, async () => {
        await ensureMirror(mirror);
        const ref = privateRef(workOrderId);
        await removeOldLocks(mirror, [ref]);
        if (await isReachable(mirror, baseCommit)) return pointAt(mirror, [ref], baseCommit);
        const { signal } = new AbortController();
        await fetchRefs({
          gitDirectory: mirror,
          repositoryUrl,
          refspecs: [`+${baseCommit}:${ref}`],
          credentials,
          signal,
        });
      });
    },
    async release({ workOrderId, repositoryUrl }) {
      const mirror = pathOf(repositoryUrl);
      await alone(mirror, async () => {
        if (!(await isFolder(mirror))) return;
        const ref = privateRef(workOrderId);
        await removeOldLocks(mirror, [ref]);
        await git({ gitDirectory: mirror, args: ['update-ref', '--no-deref', '-d', ref] });
        if (!(await isBorrowedFrom(mirror))) await tidyMirror(mirror);
      });
    },
    async reclaim({ except, enough }) {
      const candidates: { mirror: string; usedMs: number }[] = [];
      for (const name of await readdir(directory).catch(() => [])) {
        const mirror = join(directory, name);
        if (!name.endsWith('.git') || mirror === pathOf(except)) continue;
        const stats = (await stat(join(mirror, USED)).catch(() => null)) ?? (await stat(mirror));
        candidates.push({ mirror, usedMs: stats.mtimeMs });
      }
      for (const { mirror } of candidates.toSorted((a, b) => a.usedMs - b.usedMs)) {
        if (await enough()) return;
        await alone(mirror, async () => {
          if (!(await isBorrowedFrom(mirror))) await removeFolder(mirror);
        });
      }
    },
  };
}

/** Readable, and of one repository only: the last part of the path and a digest of the whole URL. */
export function mirrorName(repositoryUrl: string): string {
  const last = repositoryUrl.split(/[/:]/).findLast((part) => part !== '' && part !== '.git');
  const readable = (last ?? '').replace(/\.git$/, '').replaceAll(/[^A-Za-z0-9_-]+/g, '-');
  const digest = createHash('sha256').update(repositoryUrl).digest('hex').slice(0, 16);
  return `${readable.slice(0, 40) || 'repository'}-${digest}.git`;
}

async function ensureMirror(mirror: string): Promise<void> {
  if (!(await isFolder(mirror))) {
    // A repository that was cut in its making passes for a whole one, so it gets its name when it is whole.
    const unfinished = `${mirror}.making`;
    await removeFolder(unfinished);
    await mkdir(unfinished, { recursive: true });
    await git({ args: ['init', '--quiet', '--bare', '--', unfinished] });
    await rename(unfinished, mirror);
  }
  await writeFile(join(mirror, USED), '');
}

/** An earlier service that was killed in its write leaves these locks, and nobody else writes these refs now. */
async function removeOldLocks(mirror: string, refs: readonly string[]): Promise<void> {
  for (const name of [...refs, 'packed-refs']) await rm(join(mirror, `${name}.lock`), { force: true });
}

async function pointAt(mirror: string, refs: readonly string[], commit: string, signal?: AbortSignal): Promise<void> {
  const stdin = refs.map((ref) => `update ${ref} ${commit}\n`).join('');
  await git({ gitDirectory: mirror, args: ['update-ref', '--no-deref', '--stdin'], stdin, signal });
}

/** True when a ref of ours is at the commit: then everything it needs is there too. */
async function isTip(mirror: string, commit: string): Promise<boolean> {
  return hasRef(mirror, [`--points-at=${commit}`, 'refs/awo/base', 'refs/awo/kept']);
}

/** The same for a commit that a ref of ours has in its past; slower. */
async function isReachable(mirror: string, commit: string): Promise<boolean> {
  return hasRef(mirror, [`--contains=${commit}`, 'refs/awo/base', 'refs/awo/kept']);
}

async function hasRef(mirror: string, which: readonly string[]): Promise<boolean> {
  const args = ['for-each-ref', '--count=1', '--format=%(objectname)', ...which];
  // A commit that the mirror does not have at all is an error to git, and here the same answer.
  const { exitCode, stdout } = await git({ gitDirectory: mirror, args, acceptedExitCodes: [0, 128, 129] });
  return exitCode === 0 && stdout.length > 0;
}

/** What a killed fetch leaves. Nobody else fetches into the mirror now. */
async function removeUnfinishedPacks(mirror: string): Promise<void> {
  const packs = join(mirror, 'objects', 'pack');
  for (const name of await readdir(packs).catch(() => [])) {
    if (name.startsWith('tmp_')) await rm(join(packs, name), { force: true });
  }
}
