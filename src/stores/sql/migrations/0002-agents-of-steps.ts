import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';

/** Agents and models of single steps, what the implementor proposes, and when the limit of a model ends. */
export async function agentsOfSteps({ schema }: Kysely<Database>): Promise<void> {
  // Version 0.1 did not say who had chosen the agent; what was chosen then stays.
  await schema
    .alterTable('work_orders')
    .addColumn('agent_chosen_by', 'text', (column) => column.notNull().defaultTo('request'))
    .execute();
  await schema
    .alterTable('work_orders')
    .addColumn('step_agents', 'text', (column) => column.notNull().defaultTo('{}'))
    .execute();
  await schema.alterTable('attempts').addColumn('answer', 'text').execute();
  await schema.alterTable('attempts').addColumn('limit_resets_at', 'text').execute();
}
