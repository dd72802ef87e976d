import type { Kysely } from 'kysely';
import type { RunningAttempt } from '../../../domain/step.ts';
import type { Database } from '../database.ts';
import { storedJson } from '../json.ts';

/** Agents and models of single steps, what the implementor proposes, and when the limit of a model ends. */
export async function agentsOfSteps(database: Kysely<Database>): Promise<void> {
  const { schema } = database;
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
  await tellAgentsOfRunningAttempts(database);
}

/** An attempt that runs says its agent now; it had stood in the row of the attempt alone. */
async function tellAgentsOfRunningAttempts(database: Kysely<Database>): Promise<void> {
  const running = await database
    .selectFrom('work_orders')
    .select(['agent_work_order_id', 'in_progress'])
    .where('in_progress', 'is not', null)
    .execute();
  for (const { agent_work_order_id, in_progress } of running) {
    const attempt = storedJson<RunningAttempt>(in_progress ?? '');
    const row = await database
      .selectFrom('attempts')
      .select(['agent', 'model'])
      .where('work_order_id', '=', agent_work_order_id)
      .where('step', '=', attempt.step)
      .where('attempt', '=', attempt.attempt)
      .executeTakeFirst();
    await database
      .updateTable('work_orders')
      .set({ in_progress: JSON.stringify({ ...attempt, agent: row?.agent ?? null, model: row?.model ?? null }) })
      .where('agent_work_order_id', '=', agent_work_order_id)
      .execute();
  }
}
