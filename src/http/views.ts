import type { WorkOrderView } from '../contract/work-order.ts';
import { leftOf, standingOf } from '../domain/budget.ts';
import { isQueued } from '../domain/message.ts';
import type { Clock } from '../ports/clock.ts';
import { progressOf } from '../domain/progress.ts';
import type { WorkOrder } from '../domain/work-order.ts';

/** A work order as it is on the wire, without what only the engine needs; its steps are read at `/steps`. */
export function workOrderView(workOrder: WorkOrder, { clock }: { readonly clock: Clock }): WorkOrderView {
  const {
    in_progress: _inProgress,
    steps: _steps,
    checkpoint: _checkpoint,
    latest_commit_message: _,
    pushed_commits: _pushed,
    feedback: _feedback,
    messages,
    ...rest
  } = workOrder;
  const budget_left = leftOf([standingOf(workOrder, clock.now().toISOString())]);
  const prompts_queued = messages.filter(isQueued).length;
  return { ...rest, prompts_queued, progress: progressOf(workOrder), budget_left };
}
