import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';

/** The commands that say whether a change is good, and what came of them. */
export async function checks({ schema }: Kysely<Database>): Promise<void> {
  await schema.alterTable('work_orders').addColumn('checks', 'text').execute();
  await schema
    .alterTable('attempts')
    .addColumn('checks', 'text', (column) => column.notNull().defaultTo('[]'))
    .execute();
}
