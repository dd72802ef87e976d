import { statSync } from 'node:fs';
import type { SQLInputValue, StatementSync } from 'node:sqlite';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { CompiledQuery, DatabaseConnection, Dialect, Driver, QueryResult } from 'kysely';
import { SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import { DatabaseMovedError, isBusy, makesConnectionDoubtful } from './sqlite-errors.ts';

/**
 * `node:sqlite` is synchronous: while SQLite itself waits for a lock, the whole process stands still. So it waits this
 * long at most, and the rest of the waiting is done here, between turns of the event loop.
 */
const BLOCKING_WAIT_MS = 10;
const LONGEST_PAUSE_MS = 100;
const MAX_STATEMENTS = 128;

export interface SqliteConnectionOptions {
  readonly file: string;
  readonly readOnly: boolean;
  /** Run after each opening. */
  readonly pragmas: readonly string[];
  /** How long a statement waits for another process before SQLITE_BUSY is the answer. */
  readonly busyWaitMs: number;
}

/** One connection to one existing file, opened at its first use and opened again after an error of the medium. */
export function sqliteDialect(options: SqliteConnectionOptions): Dialect {
  return {
    createDriver: () => createDriver(options),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    // Says that there is one connection, so that Kysely lets one user of it after the other.
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: (database) => new SqliteIntrospector(database),
  };
}

function createDriver(options: SqliteConnectionOptions): Driver {
  let open: OpenFile | null = null;
  let doubtful = false;

  async function run<Result>(action: (file: OpenFile) => Result): Promise<Result> {
    try {
      return await patiently(() => {
        open ??= openFile(options);
        return action(open);
      }, options.busyWaitMs);
    } catch (error) {
      doubtful ||= makesConnectionDoubtful(error);
      throw error;
    }
  }

  function close(): void {
    const file = open;
    open = null;
    doubtful = false;
    file?.database.close();
  }

  const connection: DatabaseConnection = {
    executeQuery: <Row>(query: CompiledQuery) => run((file) => execute<Row>(file, query)),
    streamQuery() {
      throw new Error('this store reads in pages, not in streams');
    },
  };
  return {
    async init() {
      // Opened at the first use, where waiting for another process is possible.
    },
    async acquireConnection() {
      return connection;
    },
    async beginTransaction(_connection, { accessMode }) {
      await run((file) => {
        if (accessMode === 'read only') return file.statement('begin').statement.run();
        expectSameFile(file, options.file);
        // Takes the lock for writing now, so that no later statement finds that another process has it.
        return file.statement('begin immediate').statement.run();
      });
    },
    async commitTransaction() {
      await run((file) => file.statement('commit').statement.run());
    },
    async rollbackTransaction() {
      // SQLite has rolled back by itself after some errors. Where it cannot, closing does it. One case is beyond us:
      // when only the flush of a commit failed, and the process dies before the next one, the write may be found done.
      try {
        if (open?.database.isTransaction) open.database.exec('rollback');
      } catch {
        doubtful = true;
      }
    },
    async releaseConnection() {
      if (!doubtful) return;
      try {
        close();
      } catch {
        // It is forgotten either way, and the error that led here is on its way to the caller.
      }
    },
    async destroy() {
      close();
    },
  };
}

interface OpenFile {
  readonly database: DatabaseSync;
  readonly inode: number;
  statement(sql: string): PreparedStatement;
}

interface PreparedStatement {
  readonly statement: StatementSync;
  readonly returnsRows: boolean;
}

function openFile({ file, readOnly, pragmas }: SqliteConnectionOptions): OpenFile {
  // With this mode SQLite opens a file but never makes one: a database that is gone is not silently begun anew.
  const url = pathToFileURL(file);
  url.searchParams.set('mode', readOnly ? 'ro' : 'rw');
  const database = new DatabaseSync(url, { readOnly, timeout: BLOCKING_WAIT_MS, enableForeignKeyConstraints: true });
  try {
    for (const pragma of pragmas) database.exec(`pragma ${pragma}`);
    const { ino } = statSync(file);
    return { database, inode: ino, statement: statementCache(database) };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Preparing costs more than running; the oldest unused statements go when there are too many. */
function statementCache(database: DatabaseSync): (sql: string) => PreparedStatement {
  const statements = new Map<string, PreparedStatement>();
  return (sql) => {
    const known = statements.get(sql);
    if (known) {
      if (statements.size > MAX_STATEMENTS / 2) {
        statements.delete(sql);
        statements.set(sql, known);
      }
      return known;
    }
    const statement = database.prepare(sql);
    const prepared = { statement, returnsRows: statement.columns().length > 0 };
    statements.set(sql, prepared);
    if (statements.size > MAX_STATEMENTS) {
      const [oldest] = statements.keys();
      if (oldest !== undefined) statements.delete(oldest);
    }
    return prepared;
  };
}

function execute<Row>(file: OpenFile, { sql, parameters }: CompiledQuery): QueryResult<Row> {
  const { statement, returnsRows } = file.statement(sql);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- SQLite itself refuses what it does not take
  const values = parameters as readonly SQLInputValue[];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the query's types are the tables'
  if (returnsRows) return { rows: statement.all(...values) as Row[] };
  const { changes } = statement.run(...values);
  return { rows: [], numAffectedRows: BigInt(changes) };
}

/** Tries again while another process holds the lock, with growing pauses of random length so that two do not keep step. */
async function patiently<Result>(action: () => Result, waitMs: number): Promise<Result> {
  const deadlineMs = performance.now() + waitMs;
  for (let pauseMs = 4; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return action();
    } catch (error) {
      if (!isBusy(error) || performance.now() >= deadlineMs) throw error;
    }
    await sleep(pauseMs * (0.5 + Math.random()));
  }
}

/** A database that was removed while it is open takes writes and loses them all, so each transaction looks first. */
function expectSameFile({ inode }: OpenFile, file: string): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.ino !== inode) throw new DatabaseMovedError();
}
