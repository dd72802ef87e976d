import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from './find-program.ts';
import { readBootId } from './process-table.ts';
import { killTree } from './process-tree.ts';

/** What is on disk of a process tree from before its program begins to work until its death is confirmed. */
export interface ProcessRecord {
  readonly pid: number;
  /** See `ProcessRow.startedAt`. */
  readonly start_time: number;
  readonly marker: string;
  /** Whose tree it is: the id of a work order. */
  readonly owner: string;
  readonly boot_id: string;
}

/** Writes a record so that it is whole and on the disk when this resolves; returns its path. Rejects with fs errors. */
export async function writeRecord(recordsDirectory: string, record: ProcessRecord): Promise<string> {
  const path = join(recordsDirectory, `${record.pid}-${record.marker}.json`);
  const unfinished = `${path}.tmp`;
  await mkdir(recordsDirectory, { recursive: true });
  const file = await open(unfinished, 'wx', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(record)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, path);
  return path;
}

export async function removeRecord(path: string): Promise<void> {
  await rm(path, { force: true });
}

/**
 * Ends what an earlier service has left behind: for each record, the process with its pid, its start time and its boot
 * id, everything in its group and session, and everything whose environment carries its marker. A pid that belongs to
 * somebody else by now is not touched. A record goes once its tree is confirmed dead; `survivors` (`pid name`) keep
 * theirs. Without `owner`, all records. Rejects with fs errors; an absent folder holds nothing.
 */
export async function reapRecorded(input: {
  readonly recordsDirectory: string;
  readonly owner?: string;
}): Promise<{ readonly reaped: number; readonly survivors: string[] }> {
  const survivors: string[] = [];
  let reaped = 0;
  const bootId = await readBootId();
  for (const path of await recordPaths(input.recordsDirectory)) {
    const record = parseRecord(await readFile(path, 'utf8'));
    if (record !== null) {
      if (input.owner !== undefined && record.owner !== input.owner) continue;
      if (record.boot_id === bootId) {
        const tree = { rootPid: record.pid, rootStartedAt: record.start_time, marker: record.marker };
        const end = await killTree({ tree, init: null, rootWasAlive: false });
        reaped += end.killed;
        survivors.push(...end.survivors);
        if (end.survivors.length > 0) continue;
      }
    }
    await removeRecord(path);
  }
  return { reaped, survivors };
}

async function recordPaths(recordsDirectory: string): Promise<readonly string[]> {
  try {
    const names = await readdir(recordsDirectory);
    return names.filter((name) => name.endsWith('.json')).map((name) => join(recordsDirectory, name));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Null for what this module has not written: records are renamed into place whole. */
function parseRecord(text: string): ProcessRecord | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  return isRecord(value) ? value : null;
}

function isRecord(value: unknown): value is ProcessRecord {
  if (typeof value !== 'object' || value === null) return false;
  const record = value as Partial<Record<keyof ProcessRecord, unknown>>;
  return (
    typeof record.pid === 'number' &&
    record.pid > 1 &&
    typeof record.start_time === 'number' &&
    typeof record.marker === 'string' &&
    record.marker.length >= 16 &&
    typeof record.owner === 'string' &&
    typeof record.boot_id === 'string'
  );
}
