import { WorkOrderError } from '../domain/errors.ts';
import type { RunContext } from './run-context.ts';
import { latestCheckpoint, sandboxOf, workOrderOf } from './run-context.ts';

const MAX_PLAN_BYTES = 1_024 * 1_024;

/**
 * The plan as the planner left it, or as a person has edited it, whatever became of the file since; null when there is
 * none. Rejects with `store_unavailable`.
 */
export async function planText(context: RunContext): Promise<string | null> {
  const { agent_work_order_id: workOrderId, plan_path: path, plan_version, plan_edited } = workOrderOf(context);
  if (plan_edited) {
    const plan = await context.plans.plan({ workOrderId, version: plan_version });
    if (plan) return plan.markdown;
    throw new WorkOrderError('store_unavailable', `Version ${plan_version} of the plan is not in the history.`);
  }
  const checkpoint = context.succeeded.get('find_plan')?.checkpoint;
  if (!path || !checkpoint) return null;
  return sandboxOf(context).readFile({ checkpoint, path, maxBytes: MAX_PLAN_BYTES });
}

/** Writes an edited plan into the working copy, before an agent carries it out. */
export async function putEditedPlan(context: RunContext): Promise<void> {
  const { plan_path: path, plan_edited, in_progress } = workOrderOf(context);
  const plan = plan_edited ? await planText(context) : null;
  if (path === null || plan === null || !in_progress) return;
  const sandbox = sandboxOf(context);
  const checkpoint = latestCheckpoint(context);
  if ((await sandbox.readFile({ checkpoint, path, maxBytes: MAX_PLAN_BYTES })) === plan) return;
  const name = `edited-plan-${in_progress.attempt}`;
  await sandbox.restore({ checkpoint: await sandbox.withFile({ checkpoint, path, content: plan, name }) });
}
