import { WorkOrderError } from '../domain/errors.ts';
import type { TimelessCommand, WorkOrder } from '../domain/work-order.ts';
import type { HistoryWriter } from './history-writer.ts';
import type { MidTurnMessages } from './mid-turn.ts';

/**
 * Records what a person wants of a work order that is carried out. Rejects with `transition_refused`, or with
 * `store_unavailable` when it is taken note of, but not saved yet.
 */
export async function tellRun(
  { history, midTurn }: { readonly history: HistoryWriter; readonly midTurn: MidTurnMessages },
  command: TimelessCommand,
): Promise<WorkOrder> {
  const changesMessage = command.type === 'edit_message' || command.type === 'withdraw_message';
  if (changesMessage && midTurn.isOffered(command.prompt_id)) {
    const reason = `The message ${command.prompt_id} is being given to the agent just now: send another one.`;
    throw new WorkOrderError('transition_refused', reason);
  }
  await history.record(command);
  if (command.type === 'queue_message') midTurn.wake();
  if (!history.problem) return history.workOrder;
  const reason = `It is taken note of, but that cannot be saved yet: ${history.problem}`;
  throw new WorkOrderError('store_unavailable', reason);
}
