import { WorkOrderError } from '../domain/errors.ts';
import type { WorkOrder } from '../domain/work-order.ts';
import { RunEnded } from './endings.ts';
import type { HistoryWriter } from './history-writer.ts';

/** Ends a run for a wish to cancel, which is saved first. Rejects with `store_unavailable` where it cannot be saved yet. */
export async function cancelRun(run: {
  readonly history: HistoryWriter;
  readonly abort: AbortController;
}): Promise<WorkOrder> {
  await run.history.record({ type: 'request_cancel' });
  run.abort.abort(new RunEnded('cancel'));
  if (run.history.problem) {
    const reason = `The work is being ended, but that cannot be saved yet: ${run.history.problem}`;
    throw new WorkOrderError('store_unavailable', reason);
  }
  return run.history.workOrder;
}
