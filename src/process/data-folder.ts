import { chmodSync, mkdirSync, rmSync, writeFileSync, renameSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { WorkOrderError } from '../domain/errors.ts';

/** What `service.json` tells the command line: where the service of this data folder listens. */
interface ServiceAddress {
  readonly url: string;
  readonly pid: number;
  readonly version: string;
  readonly started_at: string;
}

/** Where the history of a data folder is. */
export function databaseFile(directory: string): string {
  return join(directory, 'work-orders.db');
}

/** Where the sample of the demonstration lies. */
export function demoDirectory(dataDirectory: string): string {
  return join(dataDirectory, 'demo');
}

/** A data folder that this process owns until it is disposed of, or dies in whatever way. */
export interface OwnedDataFolder extends Disposable {
  readonly directory: string;
  /** Writes `service.json`, readable by its owner only. */
  announce(address: ServiceAddress): void;
}

/**
 * Takes a data folder, made when it is missing. Node has no flock, so the lock is SQLite's: an exclusive transaction
 * that is never ended holds a lock of the operating system, which goes with the process even after `kill -9`. Nothing is
 * written for it, so that a full disk keeps nobody out.
 * Throws `data_folder_in_use` when another process has it, `store_unavailable` when it cannot be taken for another reason.
 */
export function ownDataFolder(directory: string): OwnedDataFolder {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = join(directory, 'service.lock');
  const lock = new DatabaseSync(file, { timeout: 0 });
  try {
    chmodSync(file, 0o600);
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    if (isBusy(cause))
      throw new WorkOrderError('data_folder_in_use', `Another service owns the data folder ${directory}.`, { cause });
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new WorkOrderError('store_unavailable', `The lock ${file} cannot be taken: ${reason}.`, { cause });
  }
  const address = join(directory, 'service.json');
  return {
    directory,
    announce(value) {
      const temporary = `${address}.new`;
      writeFileSync(temporary, `${JSON.stringify(value)}\n`, { mode: 0o600 });
      renameSync(temporary, address);
    },
    [Symbol.dispose]() {
      rmSync(address, { force: true });
      lock.close();
    },
  };
}

/** Working copies and mirrors may lie on another disk than the history. */
export function sandboxRoot(folders: {
  readonly temporaryDirectory: string | null;
  readonly dataDirectory: string;
}): string {
  return resolve(folders.temporaryDirectory ?? folders.dataDirectory);
}

const SQLITE_BUSY = 5;

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}
