import type { Kysely } from 'kysely';
import type { EventData } from '../../domain/event.ts';
import type { WorkOrderId } from '../../domain/ids.ts';
import type { Store } from '../../ports/store.ts';
import type { Database } from './database.ts';

/** Keeps the prompt of an attempt; given twice, the latter stays. */
export async function keepPrompt(
  database: Kysely<Database>,
  workOrderId: WorkOrderId,
  { step, attempt }: EventData['attempt_prompted'],
  prompt: string,
): Promise<void> {
  await database
    .insertInto('attempt_prompts')
    .values({ work_order_id: workOrderId, step, attempt, prompt })
    .onConflict((conflict) => conflict.columns(['work_order_id', 'step', 'attempt']).doUpdateSet({ prompt }))
    .execute();
}

export async function readPrompt(
  database: Kysely<Database>,
  { workOrderId, step, attempt }: Parameters<Store['prompt']>[0],
): Promise<string | null> {
  const row = await database
    .selectFrom('attempt_prompts')
    .select('prompt')
    .where('work_order_id', '=', workOrderId)
    .where('step', '=', step)
    .where('attempt', '=', attempt)
    .executeTakeFirst();
  return row?.prompt ?? null;
}

export async function keepPlan(
  database: Kysely<Database>,
  workOrderId: WorkOrderId,
  { version, path }: EventData['plan_saved'],
  { markdown, createdAt }: { readonly markdown: string; readonly createdAt: string },
): Promise<void> {
  await database
    .insertInto('plans')
    .values({ work_order_id: workOrderId, version, path, markdown, created_at: createdAt })
    .execute();
}

export async function readPlan(
  database: Kysely<Database>,
  { workOrderId, version }: Parameters<Store['plan']>[0],
): ReturnType<Store['plan']> {
  const query = database
    .selectFrom('plans')
    .select(['version', 'path', 'markdown'])
    .where('work_order_id', '=', workOrderId)
    .orderBy('version', 'desc')
    .limit(1);
  const row = await (version === null ? query : query.where('version', '=', version)).executeTakeFirst();
  return row ? { version: row.version, path: row.path, markdown: row.markdown } : null;
}
