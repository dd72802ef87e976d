import { exhaustedIn, standingOf } from '../../../../src/domain/budget.ts';
import { decide } from '../../../../src/domain/decide.ts';
import { WorkOrderError } from '../../../../src/domain/errors.ts';
import type { MessageId } from '../../../../src/domain/ids.ts';
import { inheritanceAfter } from '../../../../src/domain/inherit.ts';
import type { EndedAttempt } from '../../../../src/domain/step.ts';
import type { TimelessCommand, WorkOrder } from '../../../../src/domain/work-order.ts';
import { isDone } from '../../../../src/domain/work-order.ts';
import { workToKeep } from '../../../../src/domain/unfinished.ts';
import type { StepName } from '../../../../src/domain/workflow.ts';

/** What can be done with a work order as it stands. */
export interface Offers {
  readonly cancel: boolean;
  readonly pause: boolean;
  readonly resume: boolean;
  readonly approve: boolean;
  readonly editPlan: boolean;
  readonly message: boolean;
  readonly budget: boolean;
  /** It has ended, or waits, for want of a budget. */
  readonly raiseBudget: boolean;
  /** The steps that each can begin with, or go on after; empty where it does not fit. */
  readonly retry: readonly StepName[];
  readonly rewind: readonly StepName[];
  readonly fork: readonly StepName[];
  /** Whether a retry may go on with what the last attempt has made. */
  readonly keepWork: boolean;
}

const NO_CHANGE = { limits: {}, beyond_daily: null, by: '', until: null, reason: null } as const;
const A_MESSAGE: MessageId = 'p-00000000';

/** Asks the same rules by which the service decides, so that the page offers what it would not be refused. */
export function offersOf(workOrder: WorkOrder, attempts: readonly EndedAttempt[]): Offers {
  const at = new Date().toISOString();
  const fits = (command: TimelessCommand): boolean => isAllowed(() => decide({ ...command, at }, workOrder));
  const retry = workOrder.steps.map(({ step }) => step).filter((from_step) => fits(reopening(from_step)));
  return {
    cancel: !workOrder.cancel_requested && fits({ type: 'request_cancel' }),
    pause: !workOrder.pause_requested && workOrder.waiting_reason !== 'paused' && fits({ type: 'pause' }),
    resume: fits({ type: 'resume' }),
    approve: fits({ type: 'approve', comment: null }),
    editPlan: fits({ type: 'edit_plan', plan: '' }),
    message: fits({ type: 'queue_message', prompt_id: A_MESSAGE, prompt: '' }),
    budget: fits({ type: 'change_budget', ...NO_CHANGE }),
    raiseBudget: workOrder.waiting_budget !== null || (hasFailed(workOrder) && isSpent(workOrder, at)),
    retry,
    rewind: workOrder.steps.flatMap((state, index) => {
      const next = workOrder.steps[index + 1];
      return isDone(state) && next && retry.includes(next.step) ? [state.step] : [];
    }),
    fork: workOrder.steps
      .map(({ step }) => step)
      .filter((step) => isAllowed(() => inheritanceAfter(step, { workOrder, attempts }))),
    keepWork: retry.includes('implement') && workToKeep('implement', attempts) !== null,
  };
}

function hasFailed({ status }: WorkOrder): boolean {
  return status === 'failed' || status === 'cancelled';
}

function isSpent(workOrder: WorkOrder, at: string): boolean {
  return exhaustedIn([standingOf(workOrder, at)]) !== null;
}

function reopening(from_step: StepName): TimelessCommand {
  return { type: 'reopen', from_step, checkpoint: null, rewound: false, change: {}, feedback: null };
}

function isAllowed(run: () => unknown): boolean {
  try {
    run();
    return true;
  } catch (error) {
    if (error instanceof WorkOrderError) return false;
    throw error;
  }
}
