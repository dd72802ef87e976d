import type { RunContext } from './run-context.ts';
import { sandboxOf, workOrderOf } from './run-context.ts';

const MAX_PLAN_BYTES = 1_024 * 1_024;

/** The plan as the planner left it, whatever became of the file since; null when there is none. */
export async function planText(context: RunContext): Promise<string | null> {
  const { plan_path: path } = workOrderOf(context);
  const checkpoint = context.succeeded.get('find_plan')?.checkpoint;
  if (!path || !checkpoint) return null;
  return sandboxOf(context).readFile({ checkpoint, path, maxBytes: MAX_PLAN_BYTES });
}
