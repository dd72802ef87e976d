import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { EffectIntent } from '../../../domain/effect.ts';
import type { WorkOrderId } from '../../../domain/ids.ts';
import type { Database } from '../database.ts';
import { storedJson } from '../json.ts';

/**
 * What a work order waits for and until when, what somebody has to approve, and what becomes of it when it is taken up
 * again.
 */
export async function control(database: Kysely<Database>): Promise<void> {
  const { schema } = database;
  const text = ['waiting_detail', 'waiting_until', 'feedback', 'reopened_at'];
  for (const name of text) await schema.alterTable('work_orders').addColumn(name, 'text').execute();
  for (const name of ['approvals', 'approved', 'pushed_commits']) {
    await schema
      .alterTable('work_orders')
      .addColumn(name, 'text', (column) => column.notNull().defaultTo('[]'))
      .execute();
  }
  for (const name of ['pause_requested', 'plan_edited']) {
    await schema
      .alterTable('work_orders')
      .addColumn(name, 'integer', (column) => column.notNull().defaultTo(0))
      .execute();
  }
  await tellPushed(database);
  await schema
    .createIndex('work_orders_by_waiting_until')
    .on('work_orders')
    .column('waiting_until')
    .where(sql<boolean>`waiting_until is not null`)
    .execute();
}

/** What was pushed, or was about to be, stands in the events alone. */
async function tellPushed(database: Kysely<Database>): Promise<void> {
  const pushes = await database
    .selectFrom('events')
    .select(['work_order_id', 'data'])
    .where('type', '=', 'effect_intended')
    .orderBy('position')
    .execute();
  const commits = new Map<WorkOrderId, string[]>();
  for (const { work_order_id, data } of pushes) {
    const effect = storedJson<EffectIntent>(data);
    if (effect.effect !== 'push') continue;
    const known = commits.get(work_order_id) ?? [];
    commits.set(work_order_id, known.includes(effect.commit) ? known : [...known, effect.commit]);
  }
  for (const [id, pushed] of commits) {
    await database
      .updateTable('work_orders')
      .set({ pushed_commits: JSON.stringify(pushed) })
      .where('agent_work_order_id', '=', id)
      .execute();
  }
}
