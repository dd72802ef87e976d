import { resolve } from 'node:path';
import type { SandboxType } from '../domain/work-order.ts';
import type { Credentials } from '../ports/credentials.ts';
import type { SandboxProvider } from '../ports/sandbox.ts';
import type { Log } from '../ports/telemetry.ts';
import type { ChangeLimits } from './change-limits.ts';
import type { Confinement } from './confinement/confinement.ts';
import type { DiskLimits } from './disk-room.ts';
import { makeRoom } from './disk-room.ts';
import { createFullClone } from './full-clone.ts';
import { removeLeftovers, workOrdersDirectory } from './folders.ts';
import { createMirrors, mirrorsDirectory } from './mirror.ts';
import { createSandboxProvider } from './provider.ts';
import type { ProcessRunner } from './run-confined.ts';
import type { SandboxKind } from './sandbox-kind.ts';
import { createSharedClone } from './shared-clone.ts';

export interface SandboxRegistry {
  readonly providers: readonly SandboxProvider[];
  find(type: SandboxType): SandboxProvider;
}

/**
 * The sandboxes of a data folder. One registry a data folder and process: the lock that keeps two fetches into one
 * mirror apart is in it.
 */
export function createSandboxes(
  input: {
    readonly dataDirectory: string;
    readonly credentials: Credentials;
    readonly confinement: Confinement;
    readonly log: Log;
    readonly limits: ChangeLimits;
    readonly disk: DiskLimits;
  } & ProcessRunner,
): SandboxRegistry {
  const { credentials, confinement, log, limits, disk, runProcessTree, reapRecorded } = input;
  const dataDirectory = resolve(input.dataDirectory);
  const processes: ProcessRunner = { runProcessTree, reapRecorded };
  const mirrors = createMirrors({ dataDirectory, credentials });
  // Once, and before the first folder is removed here: what a service that was killed has not finished to remove.
  let tidying: Promise<void> | null = null;
  const tidied = () =>
    (tidying ??= Promise.all([
      removeLeftovers(workOrdersDirectory(dataDirectory)),
      removeLeftovers(mirrorsDirectory(dataDirectory)),
    ]).then(() => undefined));
  const room = ({ repositoryUrl }: { readonly repositoryUrl: string }) =>
    makeRoom(disk, { mirrors, folder: workOrdersDirectory(dataDirectory), repositoryUrl });
  const provider = (kind: SandboxKind) =>
    createSandboxProvider({
      kind,
      dataDirectory,
      credentials,
      confinement,
      processes,
      log,
      limits,
      tidied,
      makeRoom: room,
    });
  const byType: Readonly<Record<SandboxType, SandboxProvider>> = {
    git_worktree: provider(createSharedClone({ mirrors })),
    git_branch: provider(createFullClone({ credentials })),
  };
  return { providers: Object.values(byType), find: (type) => byType[type] };
}
