import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import type { SchemaTraits } from '../traits.ts';

/** What forges have told by webhook, and who has asked for a work order there. */
export async function deliveries(database: Kysely<Database>, { bigInteger }: SchemaTraits): Promise<void> {
  const { schema } = database;
  await schema.alterTable('work_orders').addColumn('requested_by', 'text').execute();
  await schema
    .createTable('deliveries')
    .addColumn('number', bigInteger, (column) => column.primaryKey().notNull())
    .addColumn('delivery_id', 'text', (column) => column.notNull().unique())
    .addColumn('body_hash', 'text', (column) => column.notNull().unique())
    .addColumn('forge', 'text', (column) => column.notNull())
    .addColumn('repository_url', 'text', (column) => column.notNull())
    .addColumn('issue_number', 'text', (column) => column.notNull())
    .addColumn('is_pull_request', 'integer', (column) => column.notNull())
    .addColumn('wish', 'text', (column) => column.notNull())
    .addColumn('names_label', 'integer', (column) => column.notNull())
    .addColumn('user', 'text', (column) => column.notNull())
    .addColumn('user_request', 'text', (column) => column.notNull())
    .addColumn('url', 'text', (column) => column.notNull())
    .addColumn('received_at', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('reason', 'text')
    .addColumn('work_order_id', 'text', (column) => column.references('work_orders.agent_work_order_id'))
    .addColumn('comment_id', 'text')
    .addColumn('settled', 'integer', (column) => column.notNull())
    .execute();
  await schema.createIndex('deliveries_open').on('deliveries').columns(['settled', 'number']).execute();
  await schema.createIndex('deliveries_of_work_order').on('deliveries').column('work_order_id').execute();
  await schema
    .createIndex('deliveries_of_issue')
    .on('deliveries')
    .columns(['repository_url', 'issue_number', 'number'])
    .execute();
}
