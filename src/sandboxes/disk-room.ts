import { statfs } from 'node:fs/promises';
import { WorkOrderError } from '../domain/errors.ts';
import type { DiskQuota } from './disk-quota.ts';
import type { Mirrors } from './mirror.ts';

/** How much of the disk is left alone, and how much of it the service may take. */
export interface DiskLimits {
  readonly floorBytes: number;
  /** What is free for this user in a folder that exists; a test brings its own. */
  readonly freeBytes: (folder: string) => Promise<number>;
  readonly quota: Pick<DiskQuota, 'quotaBytes' | 'excessBytes'>;
}

export async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/**
 * Makes sure that a sandbox is not begun on a disk that is nearly full, nor beyond the quota, and removes mirrors that
 * nothing uses where that helps. Rejects with `disk_full`.
 */
export async function makeRoom(
  limits: DiskLimits,
  input: { readonly mirrors: Mirrors; readonly folder: string; readonly repositoryUrl: string },
): Promise<void> {
  const { mirrors, folder, repositoryUrl } = input;
  if ((await problemOf(limits, folder)) === null) return;
  await mirrors.reclaim({ except: repositoryUrl, enough: async () => (await problemOf(limits, folder)) === null });
  const problem = await problemOf(limits, folder);
  if (problem !== null) throw new WorkOrderError('disk_full', problem);
}

/** Why no new work is begun; null when it may. */
async function problemOf({ floorBytes, freeBytes, quota }: DiskLimits, folder: string): Promise<string | null> {
  const free = floorBytes === 0 ? 0 : await freeBytes(folder);
  if (free < floorBytes) {
    return `${megabytes(free)} are free in ${folder}, less than diskFloorBytes (${megabytes(floorBytes)}).`;
  }
  const excess = await quota.excessBytes();
  if (excess === 0 || quota.quotaBytes === null) return null;
  const limit = `dataFolderQuotaBytes (${megabytes(quota.quotaBytes)})`;
  return `The folders of the service take ${megabytes(quota.quotaBytes + excess)}, more than ${limit}.`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
