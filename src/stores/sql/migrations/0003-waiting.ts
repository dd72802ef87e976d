import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Database } from '../database.ts';

/** What a work order waits for, in a sentence, and until when. */
export async function waiting(database: Kysely<Database>): Promise<void> {
  const { schema } = database;
  await schema.alterTable('work_orders').addColumn('waiting_detail', 'text').execute();
  await schema.alterTable('work_orders').addColumn('waiting_until', 'text').execute();
  await schema
    .createIndex('work_orders_by_waiting_until')
    .on('work_orders')
    .column('waiting_until')
    .where(sql<boolean>`waiting_until is not null`)
    .execute();
}
