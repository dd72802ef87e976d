import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** What a disk stores a file in, at least by the numbers that `lstat` gives. */
const BLOCK_BYTES = 512;

/**
 * What lies below a folder takes so many bytes on the disk. What cannot be read, or is being removed, is not counted.
 * Ends early when `signal` aborts.
 */
export async function bytesIn(top: string, signal?: AbortSignal): Promise<number> {
  let bytes = 0;
  const waiting = [top];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    if (signal?.aborted) break;
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) waiting.push(path);
      bytes += ((await lstat(path).catch(() => null))?.blocks ?? 0) * BLOCK_BYTES;
    }
  }
  return bytes;
}
