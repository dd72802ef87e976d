import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { WorkOrderError } from '../../domain/errors.ts';
import type { WorkOrderId } from '../../domain/ids.ts';
import type { WorkOrder, WorkOrderStatus } from '../../domain/work-order.ts';
import type { Store } from '../../ports/store.ts';
import { cursorRefused } from './cursor.ts';
import type { Database } from './database.ts';
import type { ValueOf } from './precompiled.ts';
import { precompile, valuesOf } from './precompiled.ts';
import type { SqlTraits } from './traits.ts';
import type { WorkOrderRow } from './work-order-row.ts';
import {
  CHANGING_COLUMNS,
  REOPENED_COLUMNS,
  STATUS_COLUMNS,
  WORK_ORDER_COLUMNS,
  workOrderOf,
  workOrderRow,
} from './work-order-row.ts';

/** A work order with the number of its latest claim. */
export interface OwnedWorkOrder {
  readonly workOrder: WorkOrder;
  readonly epoch: number;
}

type ById = { readonly agent_work_order_id: WorkOrderId };

/** The rows of `work_orders`: one a work order, always equal to the projection of its events. */
export function createWorkOrderRows(compiler: Kysely<Database>, rowLock: SqlTraits['rowLock']) {
  const select = precompile<ById, WorkOrderRow>((value) =>
    compiler
      .selectFrom('work_orders')
      .select([...WORK_ORDER_COLUMNS])
      .where('agent_work_order_id', '=', value('agent_work_order_id')),
  );
  const selectOwned = precompile<ById, WorkOrderRow & { epoch: number }>((value) => {
    const query = compiler
      .selectFrom('work_orders')
      .select([...WORK_ORDER_COLUMNS, 'epoch'])
      .where('agent_work_order_id', '=', value('agent_work_order_id'));
    return rowLock ? query.modifyEnd(rowLock) : query;
  });
  const insert = precompile<WorkOrderRow & { created_position: number }, unknown>((value) =>
    compiler.insertInto('work_orders').values({
      ...valuesOf(WORK_ORDER_COLUMNS, value),
      created_position: value('created_position'),
      epoch: 0,
      claimed_by: null,
      claimed_at: null,
    }),
  );
  const update = precompile<WorkOrderRow, unknown>((value) => updateOf(CHANGING_COLUMNS, value));
  const updateWithStatus = precompile<WorkOrderRow, unknown>((value) =>
    updateOf([...STATUS_COLUMNS, ...CHANGING_COLUMNS], value),
  );

  const updateReopened = precompile<WorkOrderRow, unknown>((value) =>
    updateOf([...STATUS_COLUMNS, ...REOPENED_COLUMNS, ...CHANGING_COLUMNS], value),
  );

  function updateOf(columns: readonly (keyof WorkOrder)[], value: ValueOf<WorkOrderRow>) {
    return compiler
      .updateTable('work_orders')
      .set(valuesOf(columns, value))
      .where('agent_work_order_id', '=', value('agent_work_order_id'));
  }

  return {
    async find(database: Kysely<Database>, workOrderId: WorkOrderId): Promise<WorkOrder | null> {
      const [row] = await select(database, { agent_work_order_id: workOrderId });
      return row ? workOrderOf(row) : null;
    },
    /** For a change in the same transaction. */
    async findOwned(database: Kysely<Database>, workOrderId: WorkOrderId): Promise<OwnedWorkOrder | null> {
      const [row] = await selectOwned(database, { agent_work_order_id: workOrderId });
      if (!row) return null;
      const { epoch, ...rest } = row;
      return { workOrder: workOrderOf(rest), epoch };
    },
    async insert(database: Kysely<Database>, workOrder: WorkOrder, createdPosition: number): Promise<void> {
      await insert(database, { ...workOrderRow(workOrder), created_position: createdPosition });
    },
    async update(database: Kysely<Database>, before: WorkOrder, after: WorkOrder): Promise<void> {
      const isReopened = REOPENED_COLUMNS.some((name) => before[name] !== after[name]);
      const run = isReopened ? updateReopened : before.status === after.status ? update : updateWithStatus;
      await run(database, workOrderRow(after));
    },
  };
}

/**
 * Newest first; the cursor is the position of the creation of the last one of the page. One index range a status, as
 * for `listClaimable`.
 */
export async function listWorkOrders(
  database: Kysely<Database>,
  input: Parameters<Store['workOrders']>[0],
): ReturnType<Store['workOrders']> {
  const { limit } = input;
  const statuses = input.statuses ? new Set(input.statuses) : [null];
  const found: ListedRow[] = [];
  for (const status of statuses) found.push(...(await listedRows(database, { ...input, status })));
  const rows = found.toSorted((a, b) => b.created_position - a.created_position);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    workOrders: page.map(({ created_position: _position, ...row }) => workOrderOf(row)),
    nextCursor: last && rows.length > limit ? String(last.created_position) : null,
  };
}

type ListedRow = WorkOrderRow & { readonly created_position: number };

/** One more than the limit, to know whether there are others. */
function listedRows(
  database: Kysely<Database>,
  input: Omit<Parameters<Store['workOrders']>[0], 'statuses'> & { readonly status: WorkOrderStatus | null },
): Promise<readonly ListedRow[]> {
  const { status, repositoryUrl, text, limit, cursor } = input;
  let query = database
    .selectFrom('work_orders')
    .select([...WORK_ORDER_COLUMNS, 'created_position'])
    .where('created_position', '<', cursor === null ? Number.MAX_SAFE_INTEGER : positionOf(cursor))
    .orderBy('created_position', 'desc')
    .limit(limit + 1);
  if (status !== null) query = query.where('status', '=', status);
  if (repositoryUrl !== undefined) query = query.where('repository_url', '=', repositoryUrl);
  if (text !== undefined) {
    const pattern = `%${text.replace(/[%_\\]/g, String.raw`\$&`)}%`;
    const columns = ['user_request', 'repository_url', 'agent_work_order_id'] as const;
    query = query.where((where) =>
      where.or(columns.map((column) => sql<boolean>`lower(${sql.ref(column)}) like lower(${pattern}) escape '\\'`)),
    );
  }
  return query.execute();
}

/**
 * Oldest first. One index range a status, each at most `limit` long, put together here: a single query for several
 * statuses would sort all that have them.
 */
export async function listClaimable(
  database: Kysely<Database>,
  input: Parameters<Store['claimable']>[0],
): Promise<readonly WorkOrderId[]> {
  const after = input.after === null ? 0 : await createdPosition(database, input.after);
  const found: { readonly id: WorkOrderId; readonly position: number }[] = [];
  for (const status of new Set<WorkOrderStatus>(input.statuses)) {
    const rows = await database
      .selectFrom('work_orders')
      .select(['agent_work_order_id as id', 'created_position as position'])
      .where('status', '=', status)
      .where('created_position', '>', after)
      .orderBy('created_position')
      .limit(input.limit)
      .execute();
    found.push(...rows);
  }
  return found
    .toSorted((a, b) => a.position - b.position)
    .slice(0, input.limit)
    .map(({ id }) => id);
}

/** The one that goes on first of all that wait for a time. */
export async function firstWaiting(database: Kysely<Database>): ReturnType<Store['firstWaiting']> {
  const row = await database
    .selectFrom('work_orders')
    .select(['agent_work_order_id', 'waiting_until'])
    .where('waiting_until', 'is not', null)
    .orderBy('waiting_until')
    .limit(1)
    .executeTakeFirst();
  return row?.waiting_until ? { workOrderId: row.agent_work_order_id, until: row.waiting_until } : null;
}

async function createdPosition(database: Kysely<Database>, workOrderId: WorkOrderId): Promise<number> {
  const row = await database
    .selectFrom('work_orders')
    .select('created_position')
    .where('agent_work_order_id', '=', workOrderId)
    .executeTakeFirst();
  if (!row) throw workOrderNotFound(workOrderId);
  return row.created_position;
}

function positionOf(cursor: string): number {
  const position = /^\d{1,15}$/.test(cursor) ? Number(cursor) : Number.NaN;
  if (Number.isNaN(position)) throw cursorRefused();
  return position;
}

export function workOrderNotFound(workOrderId: WorkOrderId): WorkOrderError {
  return new WorkOrderError('work_order_not_found', `Work order ${workOrderId} not found.`);
}
