import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';

/** Messages for the agents of work orders that go on. */
export async function messages(database: Kysely<Database>): Promise<void> {
  const { schema } = database;
  await schema
    .alterTable('work_orders')
    .addColumn('messages', 'text', (column) => column.notNull().defaultTo('[]'))
    .execute();
  await schema
    .createTable('messages')
    .addColumn('work_order_id', 'text', (column) => column.notNull().references('work_orders.agent_work_order_id'))
    .addColumn('prompt_id', 'text', (column) => column.notNull())
    .addColumn('queued_seq', 'integer', (column) => column.notNull())
    .addColumn('queued_at', 'text', (column) => column.notNull())
    .addColumn('edited_at', 'text')
    .addColumn('withdrawn_at', 'text')
    .addColumn('given_at', 'text')
    .addColumn('given_step', 'text')
    .addColumn('given_attempt', 'integer')
    .addColumn('given_how', 'text')
    .addColumn('prompt_text', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('messages_key', ['work_order_id', 'prompt_id'])
    .execute();
}
