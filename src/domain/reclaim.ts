import type { WorkOrder } from './work-order.ts';
import { isTerminal } from './work-order.ts';

/** What a person wants cleared away. */
export interface ReclaimWish {
  /** How long ago a work order has to have ended, in milliseconds. */
  readonly olderThanMs: number;
  /** Whether work may go that was not pushed. */
  readonly unpushed: boolean;
}

/** Why what lies on the disk for a work order stays there; null when it may go. */
export function reasonToKeep(
  workOrder: WorkOrder | null,
  { hasWorkingCopy, now }: { readonly hasWorkingCopy: boolean; readonly now: Date },
  { olderThanMs, unpushed }: ReclaimWish,
): string | null {
  if (!workOrder) return 'It is not in the history: whose it is, is not known.';
  if (!isTerminal(workOrder.status)) return `It is ${workOrder.status}.`;
  if (now.getTime() - Date.parse(workOrder.updated_at) < olderThanMs) return 'It has ended not long ago.';
  if (!unpushed && (hasWorkingCopy || !isDelivered(workOrder))) return 'It holds work that was not pushed.';
  return null;
}

/** Whether the remote has what its steps have made, or they have made nothing. */
function isDelivered({ status, outcome, git_files_changed: files }: WorkOrder): boolean {
  return files === 0 || (status === 'completed' && outcome !== 'plan_only');
}
