import type { ColumnDefinitionBuilder, CreateTableBuilder, Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Database } from '../database.ts';
import type { SchemaTraits } from '../traits.ts';

const required = (column: ColumnDefinitionBuilder): ColumnDefinitionBuilder => column.notNull();
const flag = (column: ColumnDefinitionBuilder): ColumnDefinitionBuilder => column.notNull().defaultTo(0);
const workOrder = (column: ColumnDefinitionBuilder): ColumnDefinitionBuilder =>
  column.notNull().references('work_orders.agent_work_order_id');

/** Begins a database. An index is here for each way of reading that would else look through a whole table. */
export async function initial(database: Kysely<Database>, traits: SchemaTraits): Promise<void> {
  const { schema } = database;
  const { bigInteger } = traits;
  const create = (table: CreateTableBuilder<string, string>): Promise<void> => table.execute();
  const createKeyed = (table: CreateTableBuilder<string, string>): Promise<void> =>
    (traits.keyedTable ? table.modifyEnd(traits.keyedTable) : table).execute();

  await create(
    schema
      .createTable('work_orders')
      .addColumn('created_position', bigInteger, (column) => column.primaryKey().notNull())
      .addColumn('agent_work_order_id', 'text', (column) => column.notNull().unique())
      .addColumn('repository_url', 'text', required)
      .addColumn('workflow_type', 'text', required)
      .addColumn('sandbox_type', 'text', required)
      .addColumn('github_issue_number', 'text')
      .addColumn('agent', 'text', required)
      .addColumn('model', 'text')
      .addColumn('base_branch', 'text')
      .addColumn('status', 'text', required)
      .addColumn('waiting_reason', 'text')
      .addColumn('outcome', 'text')
      .addColumn('current_phase', 'text')
      .addColumn('sandbox_identifier', 'text')
      .addColumn('base_commit', 'text')
      .addColumn('git_branch_name', 'text')
      .addColumn('agent_session_id', 'text')
      .addColumn('plan_path', 'text')
      .addColumn('plan_version', 'integer', required)
      .addColumn('checkpoint', 'text')
      .addColumn('github_pull_request_url', 'text')
      .addColumn('git_commit', 'text')
      .addColumn('git_commit_count', 'integer', required)
      .addColumn('latest_commit_message', 'text')
      .addColumn('git_files_changed', 'integer', required)
      .addColumn('git_lines_added', 'integer', required)
      .addColumn('git_lines_removed', 'integer', required)
      .addColumn('error_code', 'text')
      .addColumn('error_message', 'text')
      .addColumn('failed_step', 'text')
      .addColumn('cancel_requested', 'integer', flag)
      .addColumn('in_progress', 'text')
      .addColumn('steps', 'text', required)
      .addColumn('created_at', 'text', required)
      .addColumn('updated_at', 'text', required)
      .addColumn('last_seq', 'integer', required)
      .addColumn('epoch', 'integer', flag)
      .addColumn('claimed_by', 'text')
      .addColumn('claimed_at', 'text')
      // Last, because it may be long: what is before it is then read without it.
      .addColumn('user_request', 'text', required),
  );
  await index('work_orders_by_status', ['status', 'created_position']);
  await index('work_orders_by_repository', ['repository_url', 'created_position']);
  await index('work_orders_by_repository_and_status', ['repository_url', 'status', 'created_position']);

  await create(
    schema
      .createTable('events')
      .addColumn('position', bigInteger, (column) => column.primaryKey().notNull())
      .addColumn('work_order_id', 'text', workOrder)
      .addColumn('seq', 'integer', required)
      .addColumn('type', 'text', required)
      .addColumn('occurred_at', 'text', required)
      .addColumn('epoch', 'integer')
      .addColumn('data', 'text', required)
      .addUniqueConstraint('events_by_work_order', ['work_order_id', 'seq']),
  );

  await createKeyed(
    schema
      .createTable('attempts')
      .addColumn('work_order_id', 'text', workOrder)
      .addColumn('step', 'text', required)
      .addColumn('attempt', 'integer', required)
      .addColumn('agent_name', 'text', required)
      .addColumn('started_at', 'text', required)
      .addColumn('agent', 'text')
      .addColumn('model', 'text')
      .addColumn('status', 'text', required)
      .addColumn('session_id', 'text')
      .addColumn('success', 'integer', flag)
      .addColumn('output_truncated', 'integer', flag)
      .addColumn('error_code', 'text')
      .addColumn('error_message', 'text')
      .addColumn('duration_seconds', 'double precision', flag)
      .addColumn('finished_at', 'text')
      .addColumn('checkpoint', 'text')
      .addColumn('usage_known', 'integer', flag)
      .addColumn('input_tokens', bigInteger)
      .addColumn('output_tokens', bigInteger)
      .addColumn('cost_usd', 'double precision')
      .addColumn('files_changed', 'integer')
      .addColumn('lines_added', 'integer')
      .addColumn('lines_removed', 'integer')
      .addColumn('ended_seq', 'integer')
      .addColumn('ended_position', bigInteger)
      .addColumn('output', 'text')
      .addPrimaryKeyConstraint('attempts_key', ['work_order_id', 'step', 'attempt']),
  );
  await createKeyed(
    schema
      .createTable('attempt_prompts')
      .addColumn('work_order_id', 'text', workOrder)
      .addColumn('step', 'text', required)
      .addColumn('attempt', 'integer', required)
      .addColumn('prompt', 'text', required)
      .addPrimaryKeyConstraint('attempt_prompts_key', ['work_order_id', 'step', 'attempt']),
  );
  await createKeyed(
    schema
      .createTable('plans')
      .addColumn('work_order_id', 'text', workOrder)
      .addColumn('version', 'integer', required)
      .addColumn('path', 'text', required)
      .addColumn('created_at', 'text', required)
      .addColumn('markdown', 'text', required)
      .addPrimaryKeyConstraint('plans_key', ['work_order_id', 'version']),
  );

  // Not keyed: SQLite would then read by the key alone, and leave the two indices that follow unused.
  await create(
    schema
      .createTable('log_entries')
      .addColumn('work_order_id', 'text', workOrder)
      .addColumn('seq', 'integer', required)
      .addColumn('timestamp', 'text', required)
      .addColumn('level', 'text', required)
      .addColumn('severity', 'integer', required)
      .addColumn('event', 'text', required)
      .addColumn('step', 'text')
      .addColumn('attempt', 'integer')
      .addColumn('message', 'text', required)
      .addColumn('data', 'text')
      .addPrimaryKeyConstraint('log_entries_key', ['work_order_id', 'seq']),
  );
  await index('log_entries_by_step', ['work_order_id', 'step', 'seq']);
  // Warnings and errors are few: an index of them alone costs the writing of the others nothing.
  await schema
    .createIndex('log_entries_warnings')
    .on('log_entries')
    .columns(['work_order_id', 'seq'])
    .where(sql<boolean>`severity >= 2`)
    .execute();

  await createKeyed(
    schema
      .createTable('idempotency_keys')
      .addColumn('key', 'text', (column) => column.notNull().primaryKey())
      .addColumn('request_hash', 'text', required)
      .addColumn('work_order_id', 'text', workOrder)
      .addColumn('created_at', 'text', required),
  );
  await create(
    schema
      .createTable('store_position')
      .addColumn('id', 'integer', (column) => column.notNull().primaryKey())
      .addColumn('position', bigInteger, required),
  );
  await database.insertInto('store_position').values({ id: 1, position: 0 }).execute();

  async function index(name: string, columns: readonly string[]): Promise<void> {
    const table = name.startsWith('work_orders') ? 'work_orders' : 'log_entries';
    await schema
      .createIndex(name)
      .on(table)
      .columns([...columns])
      .execute();
  }
}
