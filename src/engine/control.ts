import { WorkOrderError } from '../domain/errors.ts';
import type { MessageId } from '../domain/ids.ts';
import type { EndedAttempt } from '../domain/step.ts';
import type { BudgetChange, RequestChange, TimelessCommand, WorkOrder } from '../domain/work-order.ts';
import { firstOpenStep, isDone, nextStep } from '../domain/work-order.ts';
import type { StepName } from '../domain/workflow.ts';
import { stepBehind, closedGate } from '../domain/gate.ts';
import { workToKeep } from '../domain/unfinished.ts';

/** What a person can do with a work order, beside cancelling it. */
export type ControlAction =
  /** From a step on; from the one that is next, or failed, when null. */
  | {
      readonly type: 'retry';
      readonly fromStep: StepName | null;
      /** Whether it goes on with what the failed attempt has made. */
      readonly keepWork: boolean;
      readonly change: RequestChange;
      readonly feedback: string | null;
    }
  /** To the end of a step that has succeeded. */
  | {
      readonly type: 'rewind';
      readonly toStep: StepName;
      readonly change: RequestChange;
      readonly feedback: string | null;
    }
  | { readonly type: 'approve'; readonly comment: string | null }
  | { readonly type: 'reject'; readonly reason: string }
  /** `version` is the one that was read: another one is there when somebody else was faster. */
  | { readonly type: 'edit_plan'; readonly markdown: string; readonly version: number | null }
  | { readonly type: 'edit_message'; readonly promptId: MessageId; readonly text: string }
  | { readonly type: 'withdraw_message'; readonly promptId: MessageId }
  | ({ readonly type: 'change_budget' } & BudgetChange)
  | { readonly type: 'pause' }
  | { readonly type: 'resume' };

/** The command that an action means for a work order as it stands. Throws `transition_refused`. */
export function commandOf(
  action: ControlAction,
  { workOrder, attempts }: { readonly workOrder: WorkOrder; readonly attempts: readonly EndedAttempt[] },
): TimelessCommand {
  switch (action.type) {
    case 'retry': {
      const { change, feedback, keepWork } = action;
      const from_step = action.fromStep ?? firstOpenStep(workOrder);
      if (!from_step) throw refused('Every step has succeeded: name the step to begin with.');
      const kept = keepWork ? workToKeep(from_step, attempts) : null;
      if (keepWork && !kept)
        throw refused(`No attempt at ${from_step} has left unfinished work that can be kept: retry without keep_work.`);
      const checkpoint = kept?.checkpoint ?? checkpointBefore(from_step, workOrder, attempts);
      return {
        type: 'reopen',
        from_step,
        checkpoint,
        rewound: false,
        change,
        feedback,
        ...(kept ? { kept_attempt: kept.attempt } : {}),
      };
    }
    case 'rewind': {
      const { change, feedback, toStep } = action;
      const index = workOrder.steps.findIndex(({ step }) => step === toStep);
      const [to, next] = [workOrder.steps[index], workOrder.steps[index + 1]];
      if (!to || !isDone(to)) throw refused(`${toStep} has not succeeded: there is nothing to go back to.`);
      if (!next) throw refused(`${toStep} is the last step: there is nothing to go on with.`);
      const checkpoint = checkpointBefore(next.step, workOrder, attempts);
      return { type: 'reopen', from_step: next.step, checkpoint, rewound: true, change, feedback };
    }
    case 'reject': {
      const gate = closedGate({ ...workOrder, next: nextStep(workOrder) });
      const checkpoint = gate === null ? null : checkpointBefore(stepBehind(gate), workOrder, attempts);
      return { type: 'reject', reason: action.reason, checkpoint };
    }
    case 'edit_plan': {
      const { version, markdown } = action;
      if (version !== null && version !== workOrder.plan_version) {
        throw refused(`The plan has version ${workOrder.plan_version} by now, not ${version}: read it again.`);
      }
      return { type: 'edit_plan', plan: markdown };
    }
    case 'edit_message':
      return { type: 'edit_message', prompt_id: action.promptId, prompt: action.text };
    case 'withdraw_message':
      return { type: 'withdraw_message', prompt_id: action.promptId };
    case 'approve':
    case 'change_budget':
    case 'pause':
    case 'resume':
      return action;
  }
}

/** The working copy as the steps before one have left it; null for the base. */
function checkpointBefore(step: StepName, workOrder: WorkOrder, attempts: readonly EndedAttempt[]): string | null {
  const order = workOrder.steps.map((state) => state.step);
  const before = order.slice(0, order.indexOf(step)).toReversed();
  for (const name of before) {
    const latest = attempts.findLast((attempt) => attempt.step === name && attempt.success);
    if (latest?.checkpoint) return latest.checkpoint;
  }
  return null;
}

function refused(reason: string): WorkOrderError {
  return new WorkOrderError('transition_refused', reason);
}
