import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Kysely, Transaction } from 'kysely';
import { WorkOrderError } from '../../domain/errors.ts';
import type { Store, StoreChange } from '../../ports/store.ts';
import { keepKey, madeWithKey, raiseEpoch } from './claims.ts';
import type { Database } from './database.ts';
import { changeDelivery, keepDelivery, openDeliveries, unsettleDelivery } from './deliveries.ts';
import { readPlan, readPrompt } from './documents.ts';
import { createEventRows } from './events.ts';
import {
  addRepository,
  changeRepository,
  findRepository,
  findRepositoryOf,
  listRepositories,
  removeRepository,
  useRepository,
} from './known-repositories.ts';
import { appendEntries, readEntries, readEntryPage, readLastSigns } from './log-entries.ts';
import { readMessages } from './messages.ts';
import { readStepDurations } from './step-durations.ts';
import type { SqlTraits } from './traits.ts';
import { firstWaiting, listClaimable, listWorkOrders, workOrderNotFound } from './work-orders.ts';
import type { WriteOperation } from './write-queue.ts';
import { createWriteQueue } from './write-queue.ts';

const READS_PER_TURN = 20;

/**
 * The store, for every SQL database. `database` is where it writes; the schema is there already. Disposing of it ends
 * the writes that are under way and closes both connections.
 */
export function createSqlStore(database: Kysely<Database>, traits: SqlTraits): Store {
  const { readers } = traits;
  const rows = createEventRows(database, traits.rowLock);
  const listeners = new Set<(change: StoreChange) => void>();
  const queue = createWriteQueue({
    database,
    traits,
    onCommit: (changes) => {
      for (const change of changes) for (const listener of listeners) tell(listener, change);
    },
  });
  const fairTurn = createFairTurn();
  let closing: Promise<void> | null = null;

  async function read<Result>(run: () => Promise<Result>): Promise<Result> {
    if (closing) throw closedError();
    try {
      await fairTurn();
      return await run();
    } catch (error) {
      if (closing) throw closedError();
      throw translated(error, 'read', traits);
    }
  }

  /** Several queries that see the same moment. */
  function readTogether<Result>(run: (transaction: Transaction<Database>) => Promise<Result>): Promise<Result> {
    return read(() =>
      readers.transaction().setAccessMode('read only').setIsolationLevel('repeatable read').execute(run),
    );
  }

  async function write<Result>(run: WriteOperation<Result>): Promise<Result> {
    if (traits.readOnly) throw new WorkOrderError('read_only', 'The history is open for reading only.');
    if (closing) throw closedError();
    try {
      return await queue.enqueue(run);
    } catch (error) {
      throw translated(error, 'written', traits);
    }
  }

  /** A write that no listener of work orders has to hear of. */
  function writeQuietly<Result>(run: (transaction: Transaction<Database>) => Promise<Result>): Promise<Result> {
    return write(async ({ database: transaction }) => ({ result: await run(transaction), changes: [] }));
  }

  async function close(): Promise<void> {
    await queue.idle();
    await readers.destroy();
    await database.destroy();
  }

  return {
    create({ workOrderId, event, more = [], idempotency }) {
      return write<Awaited<ReturnType<Store['create']>>>(async (transaction) => {
        const earlier = idempotency && (await madeWithKey(transaction.database, idempotency));
        if (earlier) {
          const workOrder = await rows.workOrders.find(transaction.database, earlier);
          if (!workOrder) throw workOrderNotFound(earlier);
          return { result: { workOrder, created: false }, changes: [] };
        }
        const made = await rows.create(transaction, workOrderId, [event, ...more]);
        if (idempotency) await keepKey(transaction.database, idempotency, { workOrderId, at: event.occurred_at });
        const repositoryId = made.workOrder.repository_defaults?.repository_id;
        if (repositoryId) await useRepository(transaction.database, { repositoryId, at: event.occurred_at });
        const { seq, position } = made.last;
        return {
          result: { workOrder: made.workOrder, created: true },
          changes: [{ kind: 'events', workOrderId, lastSeq: seq, position }],
        };
      });
    },
    append(input) {
      return write(async (transaction) => {
        const saved = await rows.append(transaction, input);
        const { workOrderId } = input;
        const last = saved.at(-1);
        const changes: StoreChange[] = last
          ? [{ kind: 'events', workOrderId, lastSeq: last.seq, position: last.position }]
          : [];
        const isReopened = saved.some(({ type }) => type === 'work_order_reopened');
        if (isReopened && (await unsettleDelivery(transaction.database, workOrderId))) {
          changes.push({ kind: 'delivery', workOrderId });
        }
        return { result: saved, changes };
      });
    },
    claim(input) {
      return write(async ({ database: transaction }) => {
        const owned = await rows.workOrders.findOwned(transaction, input.workOrderId);
        if (!owned) return { result: null, changes: [] };
        const epoch = owned.epoch + 1;
        await raiseEpoch(transaction, input, epoch);
        return { result: { workOrderId: input.workOrderId, epoch, workOrder: owned.workOrder }, changes: [] };
      });
    },
    claimable: (input) => readTogether((transaction) => listClaimable(transaction, input)),
    firstWaiting: () => read(() => firstWaiting(readers)),
    workOrder: ({ workOrderId }) => read(() => rows.workOrders.find(readers, workOrderId)),
    workOrders: (input) => readTogether((transaction) => listWorkOrders(transaction, input)),
    stepHistory: ({ workOrderId }) =>
      readTogether(async (transaction) => {
        const workOrder = await rows.workOrders.find(transaction, workOrderId);
        return workOrder && { workOrder, attempts: await rows.attempts.ended(transaction, workOrderId) };
      }),
    stepDurations: (input) => read(() => readStepDurations(readers, input)),
    events: (input) => read(() => rows.read(readers, input)),
    allEvents: (input) => read(() => rows.readAll(readers, input)),
    lastPosition: () => read(() => lastPosition(readers)),
    appendLog({ workOrderId, entries }) {
      return write(async ({ database: transaction }) => {
        const lastSeq = await appendEntries(transaction, workOrderId, entries);
        return { result: lastSeq, changes: entries.length > 0 ? [{ kind: 'log', workOrderId, lastSeq }] : [] };
      });
    },
    log: (input) => read(() => readEntries(readers, input)),
    logPage: (input) => readTogether((transaction) => readEntryPage(transaction, input)),
    dailySpending: (input) => readTogether((transaction) => rows.spending.read(transaction, input)),
    lastSigns: (input) => readTogether((transaction) => readLastSigns(transaction, input)),
    prompt: (input) => read(() => readPrompt(readers, input)),
    messages: (input) => read(() => readMessages(readers, input)),
    plan: (input) => read(() => readPlan(readers, input)),
    addRepository: ({ repository }) => writeQuietly((transaction) => addRepository(transaction, repository)),
    repository: ({ repositoryId }) => read(() => findRepository(readers, repositoryId)),
    repositoryOf: ({ repositoryUrl }) => read(() => findRepositoryOf(readers, repositoryUrl)),
    repositories: (input) => read(() => listRepositories(readers, input)),
    changeRepository: (input) => writeQuietly((transaction) => changeRepository(transaction, input)),
    removeRepository: ({ repositoryId }) => writeQuietly((transaction) => removeRepository(transaction, repositoryId)),
    keepDelivery: ({ delivery }) =>
      write(async (transaction) => ({ result: await keepDelivery(transaction.database, delivery), changes: [] })),
    changeDelivery: (input) =>
      write(async (transaction) => ({ result: await changeDelivery(transaction.database, input), changes: [] })),
    openDeliveries: (input) => read(() => openDeliveries(readers, input)),
    onChange(listener) {
      // A wrapper of its own, so that the same function given twice is called twice and stopped once.
      const entry = (change: StoreChange): void => listener(change);
      listeners.add(entry);
      return () => void listeners.delete(entry);
    },
    async problem() {
      try {
        await read(() => lastPosition(readers));
        return null;
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    },
    [Symbol.asyncDispose]() {
      closing ??= close();
      return closing;
    },
  };
}

async function lastPosition(database: Kysely<Database>): Promise<number> {
  const row = await database
    .selectFrom('store_position')
    .select('position')
    .where('id', '=', 1)
    .executeTakeFirstOrThrow();
  return row.position;
}

/** A listener that breaks its word and throws ends up as an uncaught error, not in the way of the next writes. */
function tell(listener: (change: StoreChange) => void, change: StoreChange): void {
  try {
    listener(change);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

/**
 * An embedded database answers at once, so a loop of reads would never let the process do anything else. After some
 * reads in one turn of the event loop the next ones wait for the following turn.
 */
function createFairTurn(): () => Promise<void> | undefined {
  let reads = 0;
  return () => {
    reads += 1;
    if (reads === 1) setImmediate(() => (reads = 0));
    return reads > READS_PER_TURN ? nextTurn() : undefined;
  };
}

/** An error of the medium as the port knows it; any other is the program's own and passes as it is. */
function translated(error: unknown, verb: 'read' | 'written', traits: SqlTraits): unknown {
  if (error instanceof WorkOrderError) return error;
  const reason = traits.mediumReason(error);
  if (reason === null) return error;
  return new WorkOrderError('store_unavailable', `The history cannot be ${verb}: ${reason}.`, { cause: error });
}

function closedError(): WorkOrderError {
  return new WorkOrderError('store_unavailable', 'The history is closed: the service is ending.');
}
