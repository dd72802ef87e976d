import type { ForkedFrom, Inheritance } from '../domain/fork.ts';
import { inheritanceAfter } from '../domain/inherit.ts';
import { WorkOrderError } from '../domain/errors.ts';
import type { WorkOrderId } from '../domain/ids.ts';
import type { RequestChange, WorkOrder, WorkOrderRequest } from '../domain/work-order.ts';
import type { StepName } from '../domain/workflow.ts';
import type { Store } from '../ports/store.ts';

/** What a person wants of a fork. */
export interface ForkWish {
  readonly workOrderId: WorkOrderId;
  /** It goes on after this step, which has succeeded. */
  readonly fromStep: StepName;
  readonly change: RequestChange;
  /** A message for the first attempt that works; null for none. */
  readonly text: string | null;
}

/** A new work order that goes on from where another one stood. */
export interface Fork {
  readonly request: WorkOrderRequest;
  readonly inheritance: Inheritance;
  readonly plan: { readonly path: string; readonly markdown: string; readonly edited: boolean } | null;
}

/** Reads what a fork begins with. Rejects with `work_order_not_found`, `transition_refused` or `store_unavailable`. */
export async function forkOf(
  { workOrderId, fromStep, change }: ForkWish,
  store: Pick<Store, 'stepHistory' | 'plan'>,
): Promise<Fork> {
  const source = await store.stepHistory({ workOrderId });
  if (!source) throw new WorkOrderError('work_order_not_found', `Work order ${workOrderId} not found.`);
  const { workOrder } = source;
  const inheritance = inheritanceAfter(fromStep, source);
  const forked_from = { agent_work_order_id: workOrderId, step: fromStep, last_seq: workOrder.last_seq };
  const hasPlan = inheritance.attempts.some(({ step }) => step === 'find_plan');
  const plan = hasPlan ? await store.plan({ workOrderId, version: workOrder.plan_version }) : null;
  return {
    request: { ...requestIn(workOrder), ...change, forked_from },
    inheritance,
    plan: plan && { path: plan.path, markdown: plan.markdown, edited: workOrder.plan_edited },
  };
}

/** What was asked for there; who asked on an issue has asked for that work order alone. */
function requestIn(workOrder: WorkOrder): WorkOrderRequest & { readonly forked_from?: ForkedFrom } {
  const { repository_url, user_request, workflow_type, sandbox_type, github_issue_number, approvals, checks, budget } =
    workOrder;
  const { agent, agent_chosen_by, model, step_agents, repository_defaults, base_branch } = workOrder;
  return {
    repository_url,
    user_request,
    workflow_type,
    sandbox_type,
    github_issue_number,
    agent,
    agent_chosen_by,
    model,
    step_agents,
    repository_defaults,
    base_branch,
    approvals,
    checks,
    budget,
    requested_by: null,
  };
}
