import type { Kysely, RawBuilder, SelectQueryBuilder, Selectable, SqlBool } from 'kysely';
import { sql } from 'kysely';
import type { WorkOrderId } from '../../domain/ids.ts';
import type { LogEntry, LogFilter, LogLevel, NewLogEntry, Store } from '../../ports/store.ts';
import { LOG_LEVELS } from '../../ports/store.ts';
import type { Database, LogEntriesTable } from './database.ts';
import { storedJson } from './json.ts';
import { workOrderNotFound } from './work-orders.ts';

/** Rows an insert, so that a statement stays below the number of values that a database takes. */
const ROWS_PER_INSERT = 100;
/** Rows a read, so that entries beyond `maxBytes` are not fetched by the thousand only to be thrown away. */
const ROWS_PER_READ = 100;

const WARNING = LOG_LEVELS.indexOf('warn');

const COLUMNS = ['seq', 'timestamp', 'level', 'event', 'step', 'attempt', 'message', 'data'] as const;

/** Returns the seq of the last entry. Rejects with `work_order_not_found`. */
export async function appendEntries(
  database: Kysely<Database>,
  workOrderId: WorkOrderId,
  entries: readonly NewLogEntry[],
): Promise<number> {
  let seq = await lastEntry(database, workOrderId);
  if (seq === 0) await expectWorkOrder(database, workOrderId);
  const rows = entries.map((entry): LogEntriesTable => {
    seq += 1;
    const { timestamp, level, event, step, attempt, message, data } = entry;
    return {
      work_order_id: workOrderId,
      seq,
      timestamp,
      level,
      severity: severityOf(level),
      event,
      step,
      attempt,
      message,
      data: data === undefined || data === null ? null : JSON.stringify(data),
    };
  });
  for (let start = 0; start < rows.length; start += ROWS_PER_INSERT) {
    await database
      .insertInto('log_entries')
      .values(rows.slice(start, start + ROWS_PER_INSERT))
      .execute();
  }
  return seq;
}

export async function readEntries(
  database: Kysely<Database>,
  { workOrderId, after, limit, maxBytes, filter }: Parameters<Store['log']>[0],
): Promise<readonly LogEntry[]> {
  const entries: LogEntry[] = [];
  let bytes = 0;
  let last = after;
  while (entries.length < limit) {
    const count = Math.min(ROWS_PER_READ, limit - entries.length);
    const rows = await filtered(database, workOrderId, filter)
      .select([...COLUMNS])
      .where('seq', '>', last)
      .orderBy('seq')
      .limit(count)
      .execute();
    for (const row of rows) {
      bytes += Buffer.byteLength(row.message) + Buffer.byteLength(row.data ?? '');
      if (entries.length > 0 && bytes > maxBytes) return entries;
      entries.push(entryOf(row));
      last = row.seq;
    }
    if (rows.length < count) break;
  }
  return entries;
}

/** `database` is one read transaction, so that the page and the number of all are of the same moment. */
export async function readEntryPage(
  database: Kysely<Database>,
  { workOrderId, offset, limit, filter }: Parameters<Store['logPage']>[0],
): ReturnType<Store['logPage']> {
  const total = isEmpty(filter)
    ? await lastEntry(database, workOrderId)
    : await countEntries(database, workOrderId, filter);
  const query = filtered(database, workOrderId, filter)
    .select([...COLUMNS])
    .orderBy('seq')
    .limit(limit);
  // The numbers have no gap, so that without a filter the offset is a seq, and a late page costs what an early one does.
  const page = isEmpty(filter) ? query.where('seq', '>', offset) : query.offset(offset);
  const rows = await page.execute();
  return { entries: rows.map((row) => entryOf(row)), total };
}

/** 0 when there is none. */
async function lastEntry(database: Kysely<Database>, workOrderId: WorkOrderId): Promise<number> {
  const row = await database
    .selectFrom('log_entries')
    .select('seq')
    .where('work_order_id', '=', workOrderId)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.seq ?? 0;
}

async function expectWorkOrder(database: Kysely<Database>, workOrderId: WorkOrderId): Promise<void> {
  const row = await database
    .selectFrom('work_orders')
    .select('last_seq')
    .where('agent_work_order_id', '=', workOrderId)
    .executeTakeFirst();
  if (!row) throw workOrderNotFound(workOrderId);
}

async function countEntries(database: Kysely<Database>, workOrderId: WorkOrderId, filter: LogFilter): Promise<number> {
  const { count } = await filtered(database, workOrderId, filter)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

type LogQuery = SelectQueryBuilder<Database, 'log_entries', object>;

function filtered(database: Kysely<Database>, workOrderId: WorkOrderId, filter: LogFilter): LogQuery {
  let query: LogQuery = database.selectFrom('log_entries').where('work_order_id', '=', workOrderId);
  if (filter.step !== undefined) query = query.where('step', '=', filter.step);
  if (filter.since !== undefined) query = query.where('timestamp', '>=', filter.since);
  if (filter.events !== undefined) query = query.where('event', 'in', filter.events);
  if (filter.text !== undefined) query = query.where(holdsText(filter.text));
  const severity = filter.level === undefined ? 0 : severityOf(filter.level);
  // Written out, because an index of some rows is only used by a query that names the same rows itself.
  if (severity >= WARNING) query = query.where('severity', '>=', sql.lit(WARNING));
  if (severity > 0 && severity !== WARNING) query = query.where('severity', '>=', severity);
  return query;
}

/** Data is kept as JSON, where a quotation mark or a new line of the text is written in another way. */
function holdsText(text: string): RawBuilder<SqlBool> {
  const inData = JSON.stringify(text).slice(1, -1);
  return sql`(lower(message) like lower(${anywhere(text)}) escape '!' or lower(data) like lower(${anywhere(inData)}) escape '!')`;
}

function anywhere(text: string): string {
  return `%${text.replaceAll(/[!%_]/g, '!$&')}%`;
}

function isEmpty({ step, level, since, events, text }: LogFilter): boolean {
  const narrows = [step, since, events, text].some((part) => part !== undefined);
  return !narrows && (level === undefined || severityOf(level) === 0);
}

function severityOf(level: LogLevel): number {
  return LOG_LEVELS.indexOf(level);
}

function entryOf(row: Pick<Selectable<LogEntriesTable>, (typeof COLUMNS)[number]>): LogEntry {
  const { seq, timestamp, level, event, step, attempt, message, data } = row;
  return {
    seq,
    timestamp,
    level,
    event,
    step,
    attempt,
    message,
    data: data === null ? null : storedJson(data),
  };
}
