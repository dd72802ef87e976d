import type { Kysely } from 'kysely';
import type { StepDuration } from '../../domain/usual-duration.ts';
import type { Store } from '../../ports/store.ts';
import type { Database } from './database.ts';

/** So many work orders are looked at, however many there are; each has its attempts side by side. */
const MAX_WORK_ORDERS = 60;

export async function readStepDurations(
  database: Kysely<Database>,
  { agent, repositoryUrl, besides }: Parameters<Store['stepDurations']>[0],
): Promise<readonly StepDuration[]> {
  const all = database.selectFrom('work_orders').select(['agent_work_order_id', 'created_position']);
  const wanted = repositoryUrl === null ? all : all.where('repository_url', '=', repositoryUrl);
  const latest = wanted.orderBy('created_position', 'desc').limit(MAX_WORK_ORDERS);
  return await database
    .selectFrom(latest.as('latest'))
    .innerJoin('attempts', 'attempts.work_order_id', 'latest.agent_work_order_id')
    .select(['attempts.step', 'attempts.duration_seconds'])
    .where('attempts.status', '=', 'succeeded')
    .where('attempts.inherited_from', 'is', null)
    .where('attempts.work_order_id', '!=', besides)
    // Most steps ask no agent.
    .where((where) => where.or([where('attempts.agent', 'is', null), where('attempts.agent', '=', agent)]))
    .orderBy('latest.created_position', 'desc')
    .orderBy('attempts.attempt', 'desc')
    .execute();
}
