import { chmod, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Kysely, sql } from 'kysely';
import { WorkOrderError } from '../domain/errors.ts';
import type { Store } from '../ports/store.ts';
import type { Database } from './sql/database.ts';
import { beginSchema, expectSchema, migrate } from './sql/migrations/migrate.ts';
import { createSqlStore } from './sql/store.ts';
import type { SchemaTraits } from './sql/traits.ts';
import { sqliteDialect } from './sqlite-driver.ts';
import { isDamaged, sqliteReason } from './sqlite-errors.ts';

const OWNER_ONLY = 0o600;
const BUSY_WAIT_MS = 2_000;

/** Each commit is flushed to the disk before it is answered; the pages go to the database file some thousand at a time. */
const WRITER_PRAGMAS = [
  'journal_mode = wal',
  'synchronous = full',
  'foreign_keys = on',
  'temp_store = memory',
  'cache_size = -8000',
  'wal_autocheckpoint = 1000',
  'journal_size_limit = 67108864',
];
const READER_PRAGMAS = ['temp_store = memory', 'cache_size = -4000'];

const SCHEMA_TRAITS: SchemaTraits = { bigInteger: 'integer', keyedTable: sql`without rowid` };

/**
 * Opens the database file of a data folder, and makes it when there is none. Rejects with `store_too_new`, with
 * `store_damaged` (the file is left as it is), or with `store_unavailable`. With `readOnly` nothing is written, not
 * even a migration, and a file that is not there is `store_unavailable`; another process may write meanwhile.
 */
export async function openSqliteStore({
  file,
  readOnly,
}: {
  readonly file: string;
  readonly readOnly: boolean;
}): Promise<Store> {
  const readers = connect(file, true);
  const writer = readOnly ? readers : connect(file, false);
  try {
    if (readOnly) {
      await expectFile(file);
      await expectSchema(readers);
    } else {
      await makeFile(file);
      await migrate({ readers, writer }, SCHEMA_TRAITS);
    }
  } catch (error) {
    await readers.destroy();
    await writer.destroy();
    throw openingError(file, error);
  }
  return createSqlStore(writer, { readers, readOnly, rowLock: null, mediumReason: sqliteReason });
}

function connect(file: string, readOnly: boolean): Kysely<Database> {
  const pragmas = readOnly ? READER_PRAGMAS : WRITER_PRAGMAS;
  return new Kysely<Database>({ dialect: sqliteDialect({ file, readOnly, pragmas, busyWaitMs: BUSY_WAIT_MS }) });
}

/**
 * Makes a new database under another name and gives it its own when it is whole. So a file without its tables is
 * never a beginning that was cut off, but always damage.
 */
async function makeFile(file: string): Promise<void> {
  if (await exists(file)) {
    await chmod(file, OWNER_ONLY);
    return;
  }
  if (await exists(`${file}-wal`)) throw damaged(file, 'it is gone, but its write-ahead log is there');
  const unfinished = `${file}.new`;
  for (const ending of ['', '-wal', '-shm']) await rm(`${unfinished}${ending}`, { force: true });
  await (await open(unfinished, 'wx', OWNER_ONLY)).close();
  const database = connect(unfinished, false);
  try {
    await beginSchema(database, SCHEMA_TRAITS);
  } finally {
    await database.destroy();
  }
  await rename(unfinished, file);
  await syncFolder(dirname(file));
}

async function expectFile(file: string): Promise<void> {
  if (await exists(file)) return;
  throw new WorkOrderError('store_unavailable', `There is no history yet: ${file} does not exist.`);
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

/** So that the new name itself outlives a power failure. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function openingError(file: string, error: unknown): unknown {
  if (error instanceof WorkOrderError) return error;
  if (isDamaged(error)) return damaged(file, sqliteReason(error) ?? 'it cannot be read', error);
  const reason = sqliteReason(error) ?? (error instanceof Error && 'syscall' in error ? error.message : null);
  if (reason === null) return error;
  return new WorkOrderError('store_unavailable', `The history in ${file} cannot be opened: ${reason}.`, {
    cause: error,
  });
}

function damaged(file: string, reason: string, cause?: unknown): WorkOrderError {
  return new WorkOrderError('store_damaged', `The history in ${file} cannot be read: ${reason}. Nothing was changed.`, {
    cause,
  });
}
