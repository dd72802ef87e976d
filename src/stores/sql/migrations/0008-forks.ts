import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';

/** Which work order another one was forked from, and which of its attempts it has inherited. */
export async function forks(database: Kysely<Database>): Promise<void> {
  const { schema } = database;
  await schema.alterTable('work_orders').addColumn('forked_from', 'text').execute();
  await schema.alterTable('attempts').addColumn('inherited_from', 'text').execute();
}
