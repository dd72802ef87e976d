import type { WorkOrderView } from '../contract/work-order.ts';
import { isQueued } from '../domain/message.ts';
import { progressOf } from '../domain/progress.ts';
import type { WorkOrder } from '../domain/work-order.ts';

/** A work order as it is on the wire, without what only the engine needs; its steps are read at `/steps`. */
export function workOrderView(workOrder: WorkOrder): WorkOrderView {
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
  return { ...rest, prompts_queued: messages.filter(isQueued).length, progress: progressOf(workOrder) };
}
