import type { StepsView } from '../contract/steps.ts';
import type { NewEvent } from '../domain/event.ts';
import { evolve } from '../domain/project.ts';
import { stepHistory } from '../domain/step-history.ts';
import type { EndedAttempt } from '../domain/step.ts';
import type { WorkOrder } from '../domain/work-order.ts';
import type { LiveView } from '../engine/work-orders.ts';

interface Input {
  readonly workOrder: WorkOrder;
  /** The saved attempts, of the same moment as `workOrder`. */
  readonly attempts: readonly EndedAttempt[];
  /** Taken before the store was read: what it lists as unsaved may have been saved since, but nothing is missing. */
  readonly unsaved: readonly NewEvent[];
  /** Taken after the store was read. */
  readonly live: LiveView | null;
}

/** The step history with what the store has refused so far laid over it, marked `durable: false`. */
export function stepsView({ workOrder, attempts, unsaved, live }: Input): StepsView {
  let state = workOrder;
  const notDurable: EndedAttempt[] = [];
  for (const event of unsaved) {
    if (isSaved(event, workOrder, attempts)) continue;
    state = evolve(state, event, workOrder.agent_work_order_id);
    if (event.type === 'attempt_finished') notDurable.push(event.data);
  }
  const { in_progress: running, ...history } = stepHistory(state, attempts);
  return {
    agent_work_order_id: workOrder.agent_work_order_id,
    ...history,
    steps: [
      ...attempts.map((attempt) => Object.assign({ durable: true }, attempt)),
      ...notDurable.map((attempt) => Object.assign({ durable: false }, attempt)),
    ],
    in_progress: running && {
      ...running,
      ...activityOf(live, running.started_at),
      durable: workOrder.in_progress?.step === running.step && workOrder.in_progress.attempt === running.attempt,
    },
  };
}

/**
 * True when the store holds the event by now. The other types need no such look: to project one of them twice changes
 * nothing that the step history shows.
 */
function isSaved(event: NewEvent, workOrder: WorkOrder, attempts: readonly EndedAttempt[]): boolean {
  if (event.type === 'attempt_started') {
    const state = workOrder.steps.find(({ step }) => step === event.data.step);
    return state !== undefined && state.attempts >= event.data.attempt;
  }
  if (event.type === 'attempt_finished') {
    return attempts.some(({ step, attempt }) => step === event.data.step && attempt === event.data.attempt);
  }
  return false;
}

/** What the running attempt does now; a word of an earlier attempt is not its own. */
function activityOf(live: LiveView | null, startedAt: string) {
  return live && live.lastActivityAt >= startedAt
    ? { activity: live.activity, last_activity_at: live.lastActivityAt }
    : { activity: null, last_activity_at: startedAt };
}
