import { WorkOrderError } from './errors.ts';
import type { Inheritance } from './fork.ts';
import { placeOf } from './gate.ts';
import type { WorkOrderId } from './ids.ts';
import type { EndedAttempt } from './step.ts';
import type { WorkOrder } from './work-order.ts';
import { isDone } from './work-order.ts';
import type { StepName } from './workflow.ts';

/** What can be inherited. A branch, a commit and a pull request belong to one work order: a fork makes its own. */
const INHERITABLE: ReadonlySet<StepName> = new Set(['classify', 'plan', 'find_plan', 'implement']);

/**
 * What a fork from the end of a step inherits; `attempts` in the order of their ends. Throws `transition_refused` for a
 * step that has not succeeded.
 */
export function inheritanceAfter(
  step: StepName,
  { workOrder, attempts }: { readonly workOrder: WorkOrder; readonly attempts: readonly EndedAttempt[] },
): Inheritance {
  const { steps, base_branch, base_commit, approved, agent_work_order_id } = workOrder;
  const done = steps.slice(0, steps.findIndex((state) => state.step === step) + 1);
  const missing = done.find((state) => !isDone(state));
  if (missing) throw refused(`It cannot be forked after ${step}: ${missing.step} has not succeeded.`);
  if (base_branch === null || base_commit === null) throw refused('It has no sandbox yet that could be forked.');
  const wanted = done.filter((state) => INHERITABLE.has(state.step));
  return {
    base_branch,
    base_commit,
    attempts: wanted.map((state) => inherited(state.step, attempts, agent_work_order_id)),
    approved: approved.filter((gate) => placeOf(gate) <= done.length),
  };
}

/** Its cost is that of the source, and so is the session: it lies in the other sandbox. */
function inherited(step: StepName, attempts: readonly EndedAttempt[], source: WorkOrderId): EndedAttempt {
  const latest = attempts.findLast((attempt) => attempt.step === step && attempt.success);
  if (!latest) throw new Error(`${step} is done without an attempt`);
  return { ...latest, attempt: 1, usage: null, session_id: null, inherited_from: latest.inherited_from ?? source };
}

function refused(reason: string): WorkOrderError {
  return new WorkOrderError('transition_refused', reason);
}
