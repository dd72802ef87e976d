import type { StepsView } from '../contract/steps.ts';
import type { WorkOrderEvent } from '../domain/event.ts';
import { evolve } from '../domain/project.ts';
import type { EndedAttempt } from '../domain/step.ts';
import type { WorkOrder } from '../domain/work-order.ts';

/** What a watcher has seen so far. */
export interface WatchState {
  /** Null before the first event. */
  readonly workOrder: WorkOrder | null;
  /** The latest ended attempt of each step. */
  readonly ended: readonly EndedAttempt[];
  /** The commit message or the reason that the service noted last; null when there was none. */
  readonly note: string | null;
  /** The steps as the service showed them last: what the running one does now, and what is not saved yet. */
  readonly live: StepsView | null;
  /** False when the first event says that nothing confines the agent. */
  readonly confined: boolean;
  readonly connected: boolean;
}

export const NOTHING_SEEN: WatchState = {
  workOrder: null,
  ended: [],
  note: null,
  live: null,
  confined: true,
  connected: true,
};

/** The state after one more event; events come in order and each once. */
export function seen(state: WatchState, event: WorkOrderEvent): WatchState {
  const workOrder = evolve(state.workOrder, event, event.agent_work_order_id);
  if (event.type === 'note') return { ...state, workOrder, note: event.data.message };
  if (event.type === 'work_order_created') {
    return { ...state, workOrder, confined: event.data.confinement?.kind !== 'none' };
  }
  if (event.type !== 'attempt_finished') return { ...state, workOrder };
  const ended = state.ended.filter(({ step }) => step !== event.data.step);
  return { ...state, workOrder, ended: [...ended, event.data] };
}
