import { chmod, lstat, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { WorkOrderError } from '../domain/errors.ts';
import type { WorkOrderId } from '../domain/ids.ts';
import type { SandboxType } from '../domain/work-order.ts';

/** Where things are in the folder of one work order. */
export interface SandboxFolders {
  readonly root: string;
  /** The working copy: the only one of these that an agent is shown. */
  readonly tree: string;
  /** The clean bare repository of the service's own; it outlives the sandbox. */
  readonly collected: string;
  /** The git folder with which the working copy is written into objects; git works on it only inside the confinement. */
  readonly snapshot: string;
  readonly home: string;
  readonly temporary: string;
  /** A folder for each agent that has worked here. */
  readonly agents: string;
  /** Records of running processes. */
  readonly processes: string;
  readonly owner: string;
  /** A working copy that is being made, to take the place of `tree`. */
  readonly restored: string;
  /** The working copy whose place is being taken. */
  readonly replaced: string;
}

export function sandboxFolders(dataDirectory: string, workOrderId: WorkOrderId): SandboxFolders {
  return foldersIn(join(workOrdersDirectory(dataDirectory), workOrderId));
}

export function workOrdersDirectory(dataDirectory: string): string {
  return join(dataDirectory, 'work-orders');
}

export function foldersIn(root: string): SandboxFolders {
  return {
    root,
    tree: join(root, 'tree'),
    collected: join(root, 'collected.git'),
    snapshot: join(root, 'snapshot'),
    home: join(root, 'home'),
    temporary: join(root, 'tmp'),
    agents: join(root, 'agents'),
    processes: join(root, 'processes'),
    owner: join(root, 'owner.json'),
    restored: join(root, 'tree.restored'),
    replaced: join(root, 'tree.replaced'),
  };
}

/** What must be known of a sandbox to open it again; `owner.json` of its folder. */
export interface SandboxRecord {
  readonly version: 1;
  readonly work_order_id: WorkOrderId;
  readonly sandbox_type: SandboxType;
  readonly repository_url: string;
  readonly base_branch: string;
  readonly base_commit: string;
  /** The branch that the HEAD of a rebuilt working copy is on. */
  readonly branch: string;
}

export async function writeRecord(folders: SandboxFolders, record: SandboxRecord): Promise<void> {
  const unfinished = `${folders.owner}.new`;
  await writeFile(unfinished, `${JSON.stringify(record, null, 2)}\n`);
  await rename(unfinished, folders.owner);
}

/** Rejects with `sandbox_failed` when there is none that this version can read. */
export async function readRecord(folders: SandboxFolders): Promise<SandboxRecord> {
  let record: unknown;
  try {
    record = JSON.parse(await readFile(folders.owner, 'utf8'));
  } catch (cause) {
    throw new WorkOrderError('sandbox_failed', `There is no sandbox in ${folders.root}.`, { cause });
  }
  if (isRecord(record)) return record;
  throw new WorkOrderError('sandbox_failed', `The sandbox in ${folders.root} was made by another version.`);
}

function isRecord(value: unknown): value is SandboxRecord {
  if (typeof value !== 'object' || value === null || !('version' in value) || value.version !== 1) return false;
  const fields = new Map<string, unknown>(Object.entries(value));
  return ['work_order_id', 'sandbox_type', 'repository_url', 'base_branch', 'base_commit', 'branch'].every(
    (field) => typeof fields.get(field) === 'string',
  );
}

/** True for a real folder; a symbolic link to one is none. */
export async function isFolder(path: string): Promise<boolean> {
  return lstat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}

/** True for a real file; a symbolic link to one is none. */
export async function isFile(path: string): Promise<boolean> {
  return lstat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
}

/**
 * Removes a folder and what is in it, folders without write permission included; symbolic links are not followed.
 * It is moved aside first, so that a crash never leaves half of it under its name.
 */
export async function removeFolder(path: string): Promise<void> {
  const aside = join(dirname(path), `.removing-${basename(path)}-${process.pid}-${Date.now()}`);
  try {
    await rename(path, aside);
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return;
    throw error;
  }
  await removeNow(aside);
}

/** Takes away what `removeFolder` was interrupted in; call it only while nothing is being removed there. */
export async function removeLeftovers(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names) if (name.startsWith('.removing-')) await removeNow(join(parent, name));
}

async function removeNow(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    await makeWritable(path);
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function makeWritable(folder: string): Promise<void> {
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeWritable(join(folder, entry.name));
  }
}

function isSystemError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
