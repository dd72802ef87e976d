import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Kysely, Transaction } from 'kysely';
import { WorkOrderError } from '../../domain/errors.ts';
import type { StoreChange } from '../../ports/store.ts';
import type { Database } from './database.ts';
import { precompile } from './precompiled.ts';
import type { SqlTraits } from './traits.ts';

/** What one write sees of the transaction that it shares with others. */
export interface WriteTransaction {
  readonly database: Transaction<Database>;
  /** The next position of the store; gapless, as a transaction that does not happen gives all of its own back. */
  readonly takePosition: () => number;
  readonly lastPosition: () => number;
}

interface WriteOutcome<Result> {
  readonly result: Result;
  readonly changes: readonly StoreChange[];
}

/** A write: refuses with a `WorkOrderError` before it has written anything, so that the others in its transaction stay. */
export type WriteOperation<Result> = (transaction: WriteTransaction) => Promise<WriteOutcome<Result>>;

interface Pending {
  /** Rejects only when the whole transaction must be undone. */
  readonly run: (transaction: WriteTransaction) => Promise<Settlement>;
  readonly reject: (error: unknown) => void;
}

/** What is said of a write once the transaction has happened. */
interface Settlement {
  readonly settle: () => void;
  readonly changes: readonly StoreChange[];
}

/** Bounds how long one transaction holds the event loop: about 10 ms. */
const MAX_BATCH = 200;

export interface WriteQueue {
  enqueue<Result>(run: WriteOperation<Result>): Promise<Result>;
  /** Resolves when nothing is left to write. */
  idle(): Promise<void>;
}

/**
 * Group commit: the writes that arrive in the same turn of the event loop, or while a transaction is open, share the
 * next transaction and so one flush of the disk, in the order of their calls. A refused write does not touch the
 * others; when the medium refuses, all of the transaction are rejected and none of them has happened.
 */
export function createWriteQueue(input: {
  readonly database: Kysely<Database>;
  readonly traits: Pick<SqlTraits, 'rowLock' | 'mediumReason'>;
  readonly onCommit: (changes: readonly StoreChange[]) => void;
}): WriteQueue {
  const { database, traits, onCommit } = input;
  const positions = createPositionRow(database, traits.rowLock);
  let pending: Pending[] = [];
  let draining: Promise<void> | null = null;

  async function drain(): Promise<void> {
    // The turn between two transactions lets the process read and answer, and the next writes gather.
    await nextTurn();
    while (pending.length > 0) {
      const batch = pending.slice(0, MAX_BATCH);
      pending = pending.slice(MAX_BATCH);
      await commit(batch);
      await nextTurn();
    }
    draining = null;
  }

  async function commit(batch: readonly Pending[]): Promise<void> {
    let settlements: readonly Settlement[];
    try {
      settlements = await database.transaction().execute((transaction) => runAll(transaction, batch, positions));
    } catch (error) {
      // A mistake in one write (not the medium) must not cost the others theirs: each gets a transaction of its own.
      if (batch.length > 1 && traits.mediumReason(error) === null) {
        for (const one of batch) await commit([one]);
        return;
      }
      for (const { reject } of batch) reject(error);
      return;
    }
    for (const { settle } of settlements) settle();
    const changes = settlements.flatMap((settlement) => settlement.changes);
    if (changes.length > 0) onCommit(changes);
  }

  return {
    enqueue<Result>(run: WriteOperation<Result>): Promise<Result> {
      return new Promise<Result>((resolve, reject) => {
        pending.push({
          reject,
          run: async (transaction) => {
            try {
              const { result, changes } = await run(transaction);
              return { settle: () => resolve(result), changes };
            } catch (error) {
              if (!(error instanceof WorkOrderError)) throw error;
              return { settle: () => reject(error), changes: [] };
            }
          },
        });
        draining ??= drain();
      });
    },
    async idle() {
      await draining;
    },
  };
}

async function runAll(
  database: Transaction<Database>,
  batch: readonly Pending[],
  positions: ReturnType<typeof createPositionRow>,
): Promise<readonly Settlement[]> {
  const before = await positions.lock(database);
  let position = before;
  const transaction: WriteTransaction = {
    database,
    takePosition: () => {
      position += 1;
      return position;
    },
    lastPosition: () => position,
  };
  const settlements: Settlement[] = [];
  for (const { run } of batch) settlements.push(await run(transaction));
  if (position !== before) await positions.move(database, position);
  return settlements;
}

function createPositionRow(compiler: Kysely<Database>, rowLock: SqlTraits['rowLock']) {
  const select = precompile<object, { position: number }>(() => {
    const query = compiler.selectFrom('store_position').select('position').where('id', '=', 1);
    return rowLock ? query.modifyEnd(rowLock) : query;
  });
  const update = precompile<{ position: number }, unknown>((value) =>
    compiler
      .updateTable('store_position')
      .set({ position: value('position') })
      .where('id', '=', 1),
  );
  return {
    /** Also puts the writers of several processes in one order, so that a position is never seen after a later one. */
    async lock(database: Kysely<Database>): Promise<number> {
      const [row] = await select(database, {});
      if (!row) throw new Error('the row of store_position is missing');
      return row.position;
    },
    async move(database: Kysely<Database>, position: number): Promise<void> {
      await update(database, { position });
    },
  };
}
