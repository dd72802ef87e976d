import type { ColumnDefinitionBuilder, Kysely } from 'kysely';
import type { Database } from '../database.ts';
import type { SchemaTraits } from '../traits.ts';

const required = (column: ColumnDefinitionBuilder): ColumnDefinitionBuilder => column.notNull();

/** Known repositories with their defaults, and what a work order took from them. */
export async function knownRepositories(database: Kysely<Database>, { keyedTable }: SchemaTraits): Promise<void> {
  const { schema } = database;
  const table = schema
    .createTable('known_repositories')
    .addColumn('repository_id', 'text', (column) => column.notNull().primaryKey())
    .addColumn('repository_key', 'text', (column) => column.notNull().unique())
    .addColumn('repository_url', 'text', required)
    .addColumn('display_name', 'text')
    .addColumn('default_sandbox_type', 'text')
    .addColumn('default_workflow_type', 'text')
    .addColumn('default_agent', 'text')
    .addColumn('default_model', 'text')
    .addColumn('default_step_agents', 'text', required)
    .addColumn('default_base_branch', 'text')
    .addColumn('checks', 'text', required)
    .addColumn('repository_owner', 'text')
    .addColumn('repository_name', 'text')
    .addColumn('default_branch', 'text')
    .addColumn('may_push', 'integer')
    .addColumn('last_verified_at', 'text')
    .addColumn('verification_error', 'text')
    .addColumn('created_at', 'text', required)
    .addColumn('updated_at', 'text', required)
    .addColumn('last_used_at', 'text');
  await (keyedTable ? table.modifyEnd(keyedTable) : table).execute();
  await schema.alterTable('work_orders').addColumn('repository_defaults', 'text').execute();
}
