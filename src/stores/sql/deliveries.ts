import type { Kysely, Selectable } from 'kysely';
import type { Delivery, DeliveryChange, NewDelivery } from '../../domain/delivery.ts';
import type { WorkOrderId } from '../../domain/ids.ts';
import type { Store } from '../../ports/store.ts';
import type { Database, DeliveriesTable } from './database.ts';

/** Keeps a delivery, unless it was kept before or is about a label that counts already. */
export async function keepDelivery(
  database: Kysely<Database>,
  delivery: NewDelivery,
): ReturnType<Store['keepDelivery']> {
  const earlier = await keptBefore(database, delivery);
  if (earlier) return { delivery: earlier, isNew: false };
  if (!delivery.names_label) {
    const latest = await latestOfLabel(database, delivery);
    if (delivery.wish === 'labelled' && latest?.wish === 'labelled') return { delivery: latest, isNew: false };
    if (delivery.wish === 'unlabelled' && latest?.wish !== 'labelled') return { delivery: null, isNew: false };
  }
  const isWish = delivery.wish !== 'unlabelled';
  const kept: Delivery = {
    ...delivery,
    status: isWish ? 'received' : 'ignored',
    reason: null,
    work_order_id: null,
    comment_id: null,
    settled: !isWish,
  };
  await database
    .insertInto('deliveries')
    .values({ ...kept, ...flagsOf(kept), number: (await lastNumber(database)) + 1 })
    .execute();
  return { delivery: kept, isNew: true };
}

export async function changeDelivery(
  database: Kysely<Database>,
  { deliveryId, change }: { readonly deliveryId: string; readonly change: DeliveryChange },
): Promise<void> {
  const { settled, ...rest } = change;
  await database
    .updateTable('deliveries')
    .set(settled === undefined ? rest : { ...rest, settled: Number(settled) })
    .where('delivery_id', '=', deliveryId)
    .execute();
}

/** Lets the comment of a work order be kept up to date once more; false when it came from no delivery. */
export async function unsettleDelivery(database: Kysely<Database>, workOrderId: WorkOrderId): Promise<boolean> {
  const { numUpdatedRows } = await database
    .updateTable('deliveries')
    .set({ settled: 0 })
    .where('work_order_id', '=', workOrderId)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Oldest first. */
export async function openDeliveries(
  database: Kysely<Database>,
  { after, limit }: Parameters<Store['openDeliveries']>[0],
): ReturnType<Store['openDeliveries']> {
  const rows = await database
    .selectFrom('deliveries')
    .selectAll()
    .where('settled', '=', 0)
    .where('number', '>', after)
    .orderBy('number')
    .limit(limit)
    .execute();
  return { deliveries: rows.map(deliveryOf), next: rows.at(-1)?.number ?? after };
}

async function keptBefore(database: Kysely<Database>, { delivery_id, body_hash }: NewDelivery) {
  const select = database.selectFrom('deliveries').selectAll();
  const row =
    (await select.where('delivery_id', '=', delivery_id).executeTakeFirst()) ??
    (await select.where('body_hash', '=', body_hash).executeTakeFirst());
  return row ? deliveryOf(row) : null;
}

/** The latest that put the label on an issue or took it off; those of strangers do not count. */
async function latestOfLabel(database: Kysely<Database>, { repository_url, issue_number }: NewDelivery) {
  const row = await database
    .selectFrom('deliveries')
    .selectAll()
    .where('repository_url', '=', repository_url)
    .where('issue_number', '=', issue_number)
    .where('wish', '!=', 'commented')
    .where((or) => or.or([or('status', '!=', 'ignored'), or('wish', '=', 'unlabelled')]))
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ? deliveryOf(row) : null;
}

async function lastNumber(database: Kysely<Database>): Promise<number> {
  const row = await database
    .selectFrom('deliveries')
    .select(({ fn }) => fn.max('number').as('number'))
    .executeTakeFirst();
  return row?.number ?? 0;
}

function flagsOf({ is_pull_request, names_label, settled }: Delivery) {
  return { is_pull_request: Number(is_pull_request), names_label: Number(names_label), settled: Number(settled) };
}

function deliveryOf({ number: _number, ...row }: Selectable<DeliveriesTable>): Delivery {
  return {
    ...row,
    is_pull_request: row.is_pull_request === 1,
    names_label: row.names_label === 1,
    settled: row.settled === 1,
  };
}
