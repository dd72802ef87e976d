import type { Kysely, Selectable } from 'kysely';
import { WorkOrderError } from '../../domain/errors.ts';
import type { NewEvent, WorkOrderEvent } from '../../domain/event.ts';
import type { WorkOrderId } from '../../domain/ids.ts';
import { evolve } from '../../domain/project.ts';
import type { WorkOrder } from '../../domain/work-order.ts';
import type { Store } from '../../ports/store.ts';
import { createAttemptRows } from './attempts.ts';
import type { Database, EventsTable } from './database.ts';
import { createSpendingRows } from './daily-spending.ts';
import { keepPlan, keepPrompt } from './documents.ts';
import { storedJson } from './json.ts';
import { keepMessages } from './messages.ts';
import { precompile, valuesOf } from './precompiled.ts';
import type { SqlTraits } from './traits.ts';
import { createWorkOrderRows, workOrderNotFound } from './work-orders.ts';
import type { WriteTransaction } from './write-queue.ts';

const INSERTED_COLUMNS = ['position', 'work_order_id', 'seq', 'type', 'occurred_at', 'epoch', 'data'] as const;

type EventRow = Omit<Selectable<EventsTable>, 'epoch'>;

/** Writes and reads events, and keeps the projections equal to them in the same transaction. */
export function createEventRows(compiler: Kysely<Database>, rowLock: SqlTraits['rowLock']) {
  const workOrders = createWorkOrderRows(compiler, rowLock);
  const attempts = createAttemptRows(compiler);
  const spending = createSpendingRows(compiler);
  const insert = precompile<EventsTable, unknown>((value) =>
    compiler.insertInto('events').values(valuesOf(INSERTED_COLUMNS, value)),
  );
  const columns = ['work_order_id', 'seq', 'position', 'type', 'occurred_at', 'data'] as const;
  const selectOfOne = precompile<{ work_order_id: WorkOrderId; after: number; limit: number }, EventRow>((value) =>
    compiler
      .selectFrom('events')
      .select([...columns])
      .where('work_order_id', '=', value('work_order_id'))
      .where('seq', '>', value('after'))
      .orderBy('seq')
      .limit(value('limit')),
  );
  const selectOfAll = precompile<{ after: number; limit: number }, EventRow>((value) =>
    compiler
      .selectFrom('events')
      .select([...columns])
      .where('position', '>', value('after'))
      .orderBy('position')
      .limit(value('limit')),
  );

  async function save(
    { database, takePosition }: WriteTransaction,
    { agent_work_order_id: workOrderId, repository_url: repositoryUrl }: WorkOrder,
    event: NewEvent,
    { seq, epoch }: { readonly seq: number; readonly epoch: number | null },
  ): Promise<WorkOrderEvent> {
    const position = takePosition();
    const { type, occurred_at } = event;
    await insert(database, {
      position,
      work_order_id: workOrderId,
      seq,
      type,
      occurred_at,
      data: JSON.stringify(event.data),
      epoch,
    });
    switch (event.type) {
      case 'attempt_started':
        await attempts.start(database, workOrderId, event.data);
        break;
      case 'session_started':
        await attempts.keepSession(database, workOrderId, event.data);
        break;
      case 'attempt_finished':
        await attempts.finish(database, { workOrderId, seq, position }, event.data);
        await spending.add(database, repositoryUrl, event.data);
        break;
      case 'attempts_inherited':
        for (const attempt of event.data.attempts)
          await attempts.finish(database, { workOrderId, seq, position }, attempt);
        break;
      case 'attempt_prompted':
        await attempts.keepChoice(database, workOrderId, event.data);
        await keepPrompt(database, workOrderId, event.data, event.document ?? '');
        break;
      case 'plan_saved':
        await keepPlan(database, workOrderId, event.data, { markdown: event.document ?? '', createdAt: occurred_at });
        break;
      default:
    }
    await keepMessages(database, { workOrderId, seq }, event);
    return savedEvent({ agent_work_order_id: workOrderId, seq, position, type, occurred_at, data: event.data });
  }

  return {
    workOrders,
    attempts,
    spending,
    async create(
      transaction: WriteTransaction,
      workOrderId: WorkOrderId,
      [event, ...more]: readonly [NewEvent, ...NewEvent[]],
    ): Promise<{ readonly workOrder: WorkOrder; readonly last: WorkOrderEvent }> {
      if (event.type !== 'work_order_created') throw new Error(`a work order cannot begin with ${event.type}`);
      if (await workOrders.findOwned(transaction.database, workOrderId)) {
        throw new WorkOrderError('store_conflict', `Work order ${workOrderId} exists already.`);
      }
      const workOrder = more.reduce(
        (state, next) => evolve(state, next, workOrderId),
        evolve(null, event, workOrderId),
      );
      await workOrders.insert(transaction.database, workOrder, transaction.lastPosition() + 1);
      let last = await save(transaction, workOrder, event, { seq: 1, epoch: null });
      for (const next of more) last = await save(transaction, workOrder, next, { seq: last.seq + 1, epoch: null });
      return { workOrder, last };
    },
    async append(
      transaction: WriteTransaction,
      { workOrderId, expectedSeq, epoch, events }: Parameters<Store['append']>[0],
    ): Promise<readonly WorkOrderEvent[]> {
      const owned = await workOrders.findOwned(transaction.database, workOrderId);
      if (!owned) throw workOrderNotFound(workOrderId);
      expectOwner(workOrderId, epoch, owned.epoch);
      expectSeq(workOrderId, expectedSeq, owned.workOrder.last_seq);
      // The whole projection comes before the first write, so that a refusal leaves nothing behind.
      let after = owned.workOrder;
      for (const event of events) after = evolve(after, event, workOrderId);
      const saved: WorkOrderEvent[] = [];
      for (const [index, event] of events.entries()) {
        saved.push(await save(transaction, owned.workOrder, event, { seq: expectedSeq + index + 1, epoch }));
      }
      if (events.length > 0) await workOrders.update(transaction.database, owned.workOrder, after);
      return saved;
    },
    async read(database: Kysely<Database>, { workOrderId, after, limit }: Parameters<Store['events']>[0]) {
      const rows = await selectOfOne(database, { work_order_id: workOrderId, after, limit });
      return rows.map((row) => eventOf(row));
    },
    async readAll(database: Kysely<Database>, { after, limit }: Parameters<Store['allEvents']>[0]) {
      const rows = await selectOfAll(database, { after, limit });
      return rows.map((row) => eventOf(row));
    },
  };
}

function expectOwner(workOrderId: WorkOrderId, epoch: number | null, current: number): void {
  if (epoch === null || epoch === current) return;
  throw new WorkOrderError(
    'store_fenced',
    `Work order ${workOrderId} was taken over: its claim is number ${current}, the writer's is ${epoch}.`,
  );
}

function expectSeq(workOrderId: WorkOrderId, expected: number, current: number): void {
  if (expected === current) return;
  throw new WorkOrderError(
    'store_conflict',
    `Work order ${workOrderId} has ${current} events, the writer has seen ${expected}.`,
  );
}

function eventOf({ work_order_id, seq, position, type, occurred_at, data }: EventRow): WorkOrderEvent {
  return savedEvent({
    agent_work_order_id: work_order_id,
    seq,
    position,
    type,
    occurred_at,
    data: storedJson(data),
  });
}

/** A type that a newer program wrote passes as it is: readers ignore what they do not know. */
function savedEvent(event: Record<keyof WorkOrderEvent, unknown>): WorkOrderEvent {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- type and data were checked as one when they were decided
  return event as WorkOrderEvent;
}
