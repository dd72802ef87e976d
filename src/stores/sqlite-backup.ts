import { constants } from 'node:fs';
import { chmod, copyFile, link, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { WorkOrderError } from '../domain/errors.ts';
import { isDamaged, sqliteReason } from './sqlite-errors.ts';

const BUSY_WAIT_MS = 10_000;
const OWNER_ONLY = 0o600;

/** What is in a database file. */
export interface DatabaseFacts {
  readonly bytes: number;
  readonly workOrders: number;
  readonly events: number;
}

/**
 * Writes a database as it is at one moment into a file of its own, whoever writes meanwhile, and reads the copy through
 * before it gets its name. Rejects with `backup_refused`, `store_damaged` or `store_unavailable`.
 */
export async function backUpSqlite({
  file,
  to,
}: {
  readonly file: string;
  readonly to: string;
}): Promise<DatabaseFacts> {
  if (await exists(to)) throw new WorkOrderError('backup_refused', `${to} is there already; it is left as it is.`);
  if (!(await exists(file)))
    throw new WorkOrderError('store_unavailable', `There is no history yet: ${file} does not exist.`);
  const unfinished = `${to}.unfinished`;
  await rm(unfinished, { force: true });
  // Made first, so that nobody else can read it, not even while it is being written.
  await made(unfinished, to);
  try {
    reading(file, (database) => void database.prepare('VACUUM INTO ?').run(unfinished));
    const facts = await checkedFacts(unfinished);
    await flush(unfinished);
    await rename(unfinished, to);
    await flush(dirname(to));
    return facts;
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

/**
 * Puts a backup in the place of a database that nobody has open, and returns where the old one is kept; null when there
 * was none. Nothing is changed when it rejects: with `backup_refused` for a file that is no backup.
 */
export async function restoreSqlite({
  file,
  from,
  keepAs,
}: {
  readonly file: string;
  readonly from: string;
  readonly keepAs: string;
}): Promise<DatabaseFacts & { readonly keptAt: string | null }> {
  const facts = await checkedFacts(from).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new WorkOrderError('backup_refused', `${from} is not a backup that can be used: ${reason}`, { cause });
  });
  const unfinished = `${file}.restored`;
  await rm(unfinished, { force: true });
  await copyFile(from, unfinished, constants.COPYFILE_FICLONE);
  await chmod(unfinished, OWNER_ONLY);
  await flush(unfinished);
  const keptAt = (await exists(file)) || (await exists(`${file}-wal`)) ? keepAs : null;
  if (keptAt !== null) await keepAside(file, keptAt);
  // The name goes from the old file to the new one in one step: there is always a database under it.
  await rename(unfinished, file);
  await flush(dirname(file));
  return { ...facts, keptAt };
}

/** Keeps the old database under another name too. What its log holds is written into it first, where it can be read. */
async function keepAside(file: string, keptAt: string): Promise<void> {
  try {
    const database = new DatabaseSync(file, { timeout: BUSY_WAIT_MS });
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    database.close();
  } catch (error) {
    if (sqliteReason(error) === null) throw error;
    // A damaged one is kept with its log.
  }
  if (await exists(file)) await link(file, keptAt);
  for (const ending of ['-wal', '-shm'])
    if (await exists(`${file}${ending}`)) await rename(`${file}${ending}`, `${keptAt}${ending}`);
}

async function checkedFacts(file: string): Promise<DatabaseFacts> {
  const { size: bytes } = await stat(file);
  return reading(file, (database) => {
    const problems = database
      .prepare('PRAGMA integrity_check')
      .all()
      .map((row) => String(row['integrity_check']));
    if (problems[0] !== 'ok') throw new WorkOrderError('store_damaged', `${file} is damaged: ${problems[0]}.`);
    const count = (table: string) => Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n'] ?? 0);
    return { bytes, workOrders: count('work_orders'), events: count('events') };
  });
}

function reading<Result>(file: string, read: (database: DatabaseSync) => Result): Result {
  const database = new DatabaseSync(file, { readOnly: true, timeout: BUSY_WAIT_MS });
  try {
    return read(database);
  } catch (error) {
    const reason = sqliteReason(error);
    if (reason === null) throw error;
    const code = isDamaged(error) ? 'store_damaged' : 'store_unavailable';
    throw new WorkOrderError(code, `${file} cannot be read: ${reason}.`, { cause: error });
  } finally {
    database.close();
  }
}

async function made(path: string, wanted: string): Promise<void> {
  try {
    await (await open(path, 'wx', OWNER_ONLY)).close();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new WorkOrderError('backup_refused', `${wanted} cannot be written: ${reason}.`, { cause });
  }
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
