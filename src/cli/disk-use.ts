import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** What the folders in one folder take on the disk. */
export interface DiskUse {
  readonly folders: number;
  readonly bytes: number;
}

/** What a disk stores a file in, at least by the numbers that `lstat` gives. */
const BLOCK_BYTES = 512;

/** Zero for a folder that is not there. What cannot be read, or is being removed, is not counted. */
export async function diskUseOf(folder: string): Promise<DiskUse> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
  return { folders: folders.length, bytes: await bytesBelow(folder) };
}

async function bytesBelow(top: string): Promise<number> {
  let bytes = 0;
  const waiting = [top];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) waiting.push(path);
      const stats = await lstat(path).catch(() => null);
      bytes += (stats?.blocks ?? 0) * BLOCK_BYTES;
    }
  }
  return bytes;
}
