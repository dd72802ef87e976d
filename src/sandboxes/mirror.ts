import { createHash } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkOrderId } from '../domain/ids.ts';
import type { Credentials } from '../ports/credentials.ts';
import { git, gitLine } from '../process/git.ts';
import { isFolder, removeFolder } from './folders.ts';
import type { RemoteBase } from './remote.ts';
import { fetchRefs } from './remote.ts';

/** The objects of one repository, kept once for all its work orders; owned by the service. */
export interface Mirrors {
  /** Where the mirror of a repository is, or would be. */
  pathOf(input: { readonly repositoryUrl: string }): string;
  /**
   * Brings the base into the mirror and returns the path of the mirror. The commit stays there for good under a
   * private ref of the work order: without it a later prune would break every sandbox that borrows its objects.
   */
  fetchBase(input: {
    readonly workOrderId: WorkOrderId;
    readonly repositoryUrl: string;
    readonly base: RemoteBase;
    readonly signal: AbortSignal;
    readonly onProgress: (message: string) => void;
  }): Promise<{ readonly mirror: string; readonly commit: string }>;
}

export function createMirrors({
  dataDirectory,
  credentials,
}: {
  readonly dataDirectory: string;
  readonly credentials: Credentials;
}): Mirrors {
  const directory = join(dataDirectory, 'mirrors');
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
        const ref = `refs/awo/base/${workOrderId}`;
        // An earlier service that was killed in its write leaves this lock, and nobody else writes this ref.
        await rm(join(mirror, `${ref}.lock`), { force: true });
        if (await holds(mirror, base.commit)) {
          await git({ gitDirectory: mirror, args: ['update-ref', '--no-deref', ref, base.commit], signal });
          return { mirror, commit: base.commit };
        }
        onProgress(`Fetching ${base.branch} of ${repositoryUrl}`);
        await removeUnfinishedPacks(mirror);
        const refspecs = [`+refs/heads/${base.branch}:${ref}`];
        await fetchRefs({ gitDirectory: mirror, repositoryUrl, refspecs, credentials, signal });
        const args = ['rev-parse', '--verify', '--end-of-options', `${ref}^{commit}`];
        return { mirror, commit: await gitLine({ gitDirectory: mirror, args }) };
      });
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
  if (await isFolder(mirror)) return;
  // A repository that was cut in its making passes for a whole one, so it gets its name when it is whole.
  const unfinished = `${mirror}.making`;
  await removeFolder(unfinished);
  await mkdir(unfinished, { recursive: true });
  await git({ args: ['init', '--quiet', '--bare', '--', unfinished] });
  await rename(unfinished, mirror);
}

/** True when a private ref is at the commit: then everything it needs is there too. */
async function holds(mirror: string, commit: string): Promise<boolean> {
  const args = ['for-each-ref', '--count=1', `--points-at=${commit}`, '--format=%(objectname)', 'refs/awo/base'];
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
