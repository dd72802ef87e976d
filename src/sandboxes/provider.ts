import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { WorkOrderError } from '../domain/errors.ts';
import type { Credentials } from '../ports/credentials.ts';
import type { SandboxProvider } from '../ports/sandbox.ts';
import type { Log } from '../ports/telemetry.ts';
import type { ChangeLimits } from './change-limits.ts';
import { ensureSnapshot } from './checkpoint.ts';
import type { Confinement } from './confinement/confinement.ts';
import { isDiskFull } from './disk-room.ts';
import type { SandboxRecord } from './folders.ts';
import { foldersIn, isFolder, readRecord, removeFolder, sandboxFolders, writeRecord } from './folders.ts';
import { workOrdersDirectory } from './folders.ts';
import { removeOldLocks } from './old-locks.ts';
import { findBase, isMissingRef, remoteFailure } from './remote.ts';
import type { ProcessRunner } from './run-confined.ts';
import { createSandbox, reap, recoverTree } from './sandbox.ts';
import type { SandboxKind } from './sandbox-kind.ts';
import { makeWorkTree, shareIndex } from './work-tree.ts';

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

  return {
    type: kind.type,

    async create({ workOrderId, repositoryUrl, baseBranch, signal, onProgress }) {
      const folders = sandboxFolders(dataDirectory, workOrderId);
      // Made under another name and renamed when it is whole: half a sandbox never has the name of one.
      const unfinished = foldersIn(join(workOrdersDirectory(dataDirectory), `.making-${workOrderId}`));
      try {
        await tidied();
        await reap(processes, folders);
        await removeFolder(folders.root);
        await removeFolder(unfinished.root);
        await mkdir(unfinished.root, { recursive: true });
        await makeRoom({ repositoryUrl });
        onProgress(`Looking for ${baseBranch ?? 'the default branch'} of ${repositoryUrl}`);
        const base = await findBase({ repositoryUrl, baseBranch, credentials, signal });
        const baseCommit = await kind
          .prepare({ folders: unfinished, workOrderId, repositoryUrl, base, signal, onProgress })
          .catch((error: unknown) => {
            if (!isMissingRef(error)) throw remoteFailure(error, repositoryUrl);
            throw new WorkOrderError('base_branch_not_found', `${repositoryUrl} has no branch ${base.branch}.`);
          });
        onProgress(`Writing the files of ${base.branch} at ${baseCommit.slice(0, 10)}`);
        const record: SandboxRecord = {
          version: 1,
          work_order_id: workOrderId,
          sandbox_type: kind.type,
          repository_url: repositoryUrl,
          base_branch: base.branch,
          base_commit: baseCommit,
          branch: base.branch,
        };
        await makeWorkTree({
          into: unfinished.tree,
          branch: base.branch,
          baseCommit,
          content: baseCommit,
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
    },

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
