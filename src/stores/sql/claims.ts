import type { Kysely } from 'kysely';
import { WorkOrderError } from '../../domain/errors.ts';
import type { WorkOrderId } from '../../domain/ids.ts';
import type { Store } from '../../ports/store.ts';
import type { Database } from './database.ts';

/** The next epoch in the row: from the same commit on, a writer with an earlier one is refused. */
export async function raiseEpoch(
  database: Kysely<Database>,
  { workOrderId, owner, at }: Parameters<Store['claim']>[0],
  epoch: number,
): Promise<void> {
  await database
    .updateTable('work_orders')
    .set({ epoch, claimed_by: owner, claimed_at: at })
    .where('agent_work_order_id', '=', workOrderId)
    .execute();
}

/** The work order that an earlier request with this key made. Rejects with `idempotency_key_reused` for another request. */
export async function madeWithKey(
  database: Kysely<Database>,
  { key, requestHash }: { readonly key: string; readonly requestHash: string },
): Promise<WorkOrderId | null> {
  const row = await database
    .selectFrom('idempotency_keys')
    .select(['request_hash', 'work_order_id'])
    .where('key', '=', key)
    .executeTakeFirst();
  if (!row) return null;
  if (row.request_hash !== requestHash) {
    throw new WorkOrderError('idempotency_key_reused', 'The Idempotency-Key was used before, for another request.');
  }
  return row.work_order_id;
}

export async function keepKey(
  database: Kysely<Database>,
  { key, requestHash }: { readonly key: string; readonly requestHash: string },
  made: { readonly workOrderId: WorkOrderId; readonly at: string },
): Promise<void> {
  await database
    .insertInto('idempotency_keys')
    .values({ key, request_hash: requestHash, work_order_id: made.workOrderId, created_at: made.at })
    .execute();
}
