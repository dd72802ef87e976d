import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isWorkOrderId } from '../domain/ids.ts';
import type { WorkOrderId } from '../domain/ids.ts';
import type { SandboxLeftovers } from '../ports/sandbox.ts';
import { bytesIn } from './folder-size.ts';
import { isFolder, readRecord, removeFolder, sandboxFolders, workOrdersDirectory } from './folders.ts';

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
