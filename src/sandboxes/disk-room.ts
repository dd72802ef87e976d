import { statfs } from 'node:fs/promises';
import { WorkOrderError, hasCode } from '../domain/errors.ts';
import { errorCode } from '../process/find-program.ts';
import type { Mirrors } from './mirror.ts';

/** How much of the disk is left alone. */
export interface DiskFloor {
  readonly floorBytes: number;
  /** What is free for this user in a folder that exists; a test brings its own. */
  readonly freeBytes: (folder: string) => Promise<number>;
}

export async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/**
 * Makes sure that a sandbox is not begun on a disk that is nearly full, and removes mirrors that nothing uses where
 * that helps. Rejects with `disk_full`.
 */
export async function makeRoom(
  { floorBytes, freeBytes }: DiskFloor,
  input: { readonly mirrors: Mirrors; readonly folder: string; readonly repositoryUrl: string },
): Promise<void> {
  const { mirrors, folder, repositoryUrl } = input;
  const enough = async () => (await freeBytes(folder)) >= floorBytes;
  if (floorBytes === 0 || (await enough())) return;
  await mirrors.reclaim({ except: repositoryUrl, enough });
  const free = await freeBytes(folder);
  if (free >= floorBytes) return;
  const floor = `less than diskFloorBytes (${megabytes(floorBytes)})`;
  throw new WorkOrderError('disk_full', `${megabytes(free)} are free in ${folder}, ${floor}.`);
}

/** Whether git or the file system has found no room. */
export function isDiskFull(error: unknown): boolean {
  return hasCode(error, 'disk_full') || ['ENOSPC', 'EDQUOT'].includes(errorCode(error));
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
