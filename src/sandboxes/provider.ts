import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { isDiskFull } from '../domain/disk-full.ts';
import { WorkOrderError } from '../domain/errors.ts';
import type { Credentials } from '../ports/credentials.ts';
import type { Sandbox, SandboxProvider } from '../ports/sandbox.ts';
import type { Log } from '../ports/telemetry.ts';
import { git } from '../process/git.ts';
import type { ChangeLimits } from './change-limits.ts';
import { checkpointRef, ensureSnapshot } from './checkpoint.ts';
import type { Confinement } from './confinement/confinement.ts';
import type { SandboxFolders, SandboxRecord } from './folders.ts';
import { foldersIn, isFolder, readRecord, removeFolder, sandboxFolders, writeRecord } from './folders.ts';
import { workOrdersDirectory } from './folders.ts';
import { removeOldLocks } from './old-locks.ts';
import { packObjects } from './own-objects.ts';
import { findBase, isMissingRef, remoteFailure } from './remote.ts';
import type { ProcessRunner } from './run-confined.ts';
import { createSandbox, reap, recoverTree } from './sandbox.ts';
import type { SandboxKind } from './sandbox-kind.ts';
import { makeWorkTree, shareIndex } from './work-tree.ts';

type CreateInput = Parameters<SandboxProvider['create']>[0];

/** The clean repository is there; what the working copy is to be. */
interface Prepared {
  readonly branch: string;
  readonly baseCommit: string;
  /** The commit whose files are written. */
  readonly content: string;
}

/** A provider of one type of sandbox: the order in which things are made and found is the same for all. */
export function createSandboxProvider(parts: {
  readonly kind: SandboxKind;
  readonly dataDirectory: string;
  readonly credentials: Credentials;
  readonly confinement: Confinement;
  readonly processes: ProcessRunner;
  readonly log: Log;
  readonly limits: ChangeLimits;
  /** Awaited before anything is made. */
  readonly tidied: () => Promise<void>;
  /** Awaited before anything is fetched. Rejects with `disk_full`. */
  readonly makeRoom: (input: { readonly repositoryUrl: string }) => Promise<void>;
}): SandboxProvider {
  const { kind, dataDirectory, credentials, confinement, processes, log, limits, tidied, makeRoom } = parts;

  /**
   * Makes the folder of a sandbox under another name, and renames it when it is whole: half a sandbox never has the name
   * of one. `prepare` makes the clean repository.
   */
  async function make(
    { workOrderId, repositoryUrl, signal }: Pick<CreateInput, 'workOrderId' | 'repositoryUrl' | 'signal'>,
    prepare: (unfinished: SandboxFolders) => Promise<Prepared>,
  ): Promise<Sandbox> {
    const folders = sandboxFolders(dataDirectory, workOrderId);
    const unfinished = foldersIn(join(workOrdersDirectory(dataDirectory), `.making-${workOrderId}`));
    try {
      await tidied();
      await reap(processes, folders);
      await removeFolder(folders.root);
      await removeFolder(unfinished.root);
      await mkdir(unfinished.root, { recursive: true });
      await makeRoom({ repositoryUrl });
      const { branch, baseCommit, content } = await prepare(unfinished);
      const record: SandboxRecord = {
        version: 1,
        work_order_id: workOrderId,
        sandbox_type: kind.type,
        repository_url: repositoryUrl,
        base_branch: branch,
        base_commit: baseCommit,
        branch,
      };
      await makeWorkTree({
        into: unfinished.tree,
        branch,
        baseCommit,
        content,
        collected: unfinished.collected,
        supplyHistory: (gitDirectory) => kind.supplyHistory({ folders: unfinished, repositoryUrl, gitDirectory }),
        signal,
      });
      await ensureSnapshot(unfinished, signal);
      await shareIndex(unfinished);
      await writeRecord(unfinished, record);
      await rename(unfinished.root, folders.root);
      return createSandbox({ kind, folders, confinement, processes, log, limits }, record);
    } catch (error) {
      await removeFolder(unfinished.root);
      throw asSandboxFailure(error);
    }
  }

  return {
    type: kind.type,

    create: (input) =>
      make(input, async (folders) => {
        const { workOrderId, repositoryUrl, baseBranch, signal, onProgress } = input;
        onProgress(`Looking for ${baseBranch ?? 'the default branch'} of ${repositoryUrl}`);
        const base = await findBase({ repositoryUrl, baseBranch, credentials, signal });
        const baseCommit = await kind
          .prepare({ folders, workOrderId, repositoryUrl, base, signal, onProgress })
          .catch((error: unknown) => {
            if (!isMissingRef(error)) throw remoteFailure(error, repositoryUrl);
            throw new WorkOrderError('base_branch_not_found', `${repositoryUrl} has no branch ${base.branch}.`);
          });
        onProgress(`Writing the files of ${base.branch} at ${baseCommit.slice(0, 10)}`);
        return { branch: base.branch, baseCommit, content: baseCommit };
      }),

    fork: (input) =>
      make(input, async (folders) => {
        const { workOrderId, repositoryUrl, signal, baseBranch: branch, baseCommit, checkpoints, content } = input;
        const from = sandboxFolders(dataDirectory, input.from);
        if (!(await isFolder(from.collected))) {
          throw new WorkOrderError('sandbox_failed', `What ${input.from} has made is gone: ${from.collected}.`);
        }
        input.onProgress(`Taking over what ${input.from} has made`);
        await kind.prepareFork({ folders, from, workOrderId, repositoryUrl, baseCommit, signal });
        const commits = checkpoints.map(({ commit }) => commit);
        await packObjects({ from: from.collected, into: folders.collected, base: baseCommit, commits });
        for (const { name, commit } of checkpoints) {
          const args = ['update-ref', '--no-deref', checkpointRef(name), commit];
          await git({ gitDirectory: folders.collected, args, signal });
        }
        return { branch, baseCommit, content };
      }),

    async open({ workOrderId, repositoryUrl, baseBranch, baseCommit }) {
      const folders = sandboxFolders(dataDirectory, workOrderId);
      await reap(processes, folders);
      const record = await readRecord(folders);
      if (
        record.sandbox_type !== kind.type ||
        record.repository_url !== repositoryUrl ||
        record.base_branch !== baseBranch ||
        record.base_commit !== baseCommit
      ) {
        throw new WorkOrderError('sandbox_failed', `The sandbox in ${folders.root} is not the one of ${workOrderId}.`);
      }
      if (!(await isFolder(folders.collected))) {
        throw new WorkOrderError('sandbox_failed', `The clean repository ${folders.collected} is gone.`);
      }
      try {
        await removeOldLocks(folders.collected);
        await recoverTree(folders);
      } catch (error) {
        throw asSandboxFailure(error);
      }
      // A working copy that is gone is no reason to refuse: `restore` makes it from what was collected.
      return createSandbox({ kind, folders, confinement, processes, log, limits }, record);
    },
  };
}

/** What the file system says, in the words of the port. */
function asSandboxFailure(error: unknown): unknown {
  if (error instanceof WorkOrderError && error.code !== 'git_failed') return error;
  const reason = error instanceof Error ? error.message : String(error);
  const code = isDiskFull(error) ? 'disk_full' : 'sandbox_failed';
  return new WorkOrderError(code, `The sandbox could not be made: ${reason}`, { cause: error });
}
