import { lstat, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isWorkOrderId } from '../domain/ids.ts';
import type { WorkOrderId } from '../domain/ids.ts';
import type { SandboxLeftovers } from '../ports/sandbox.ts';
import { isFolder, readRecord, removeFolder, sandboxFolders, workOrdersDirectory } from './folders.ts';

/** What a disk stores a file in, at least by the numbers that `lstat` gives. */
const BLOCK_BYTES = 512;

/** What lies in a data folder for each work order: only folders with an owner record of that work order count. */
export function createSandboxLeftovers(input: { readonly dataDirectory: string }): SandboxLeftovers {
  const dataDirectory = resolve(input.dataDirectory);
  return {
    async list() {
      const names = await readdir(workOrdersDirectory(dataDirectory)).catch(() => []);
      const owned: WorkOrderId[] = [];
      for (const name of names.toSorted((a, b) => a.localeCompare(b))) {
        if (!isWorkOrderId(name)) continue;
        const record = await readRecord(sandboxFolders(dataDirectory, name)).catch(() => null);
        if (record?.work_order_id === name) owned.push(name);
      }
      return owned;
    },
    async look({ workOrderId }) {
      const { root, tree } = sandboxFolders(dataDirectory, workOrderId);
      return { hasWorkingCopy: await isFolder(tree), bytes: await bytesIn(root) };
    },
    remove: ({ workOrderId }) => removeFolder(sandboxFolders(dataDirectory, workOrderId).root),
  };
}

async function bytesIn(top: string): Promise<number> {
  let bytes = 0;
  const waiting = [top];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) waiting.push(path);
      bytes += ((await lstat(path).catch(() => null))?.blocks ?? 0) * BLOCK_BYTES;
    }
  }
  return bytes;
}
