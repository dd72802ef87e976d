import type { Exhausted } from '../domain/budget.ts';
import { dayOf, exhaustedIn, exhaustedText, isDaily, nextDay } from '../domain/budget.ts';
import { WorkOrderError } from '../domain/errors.ts';
import type { Pause } from '../domain/retry.ts';
import type { EndedAttempt } from '../domain/step.ts';
import type { StepName } from '../domain/workflow.ts';
import { stepDefinition } from '../domain/workflow.ts';
import { standingsOf } from './budget-watch.ts';
import type { RunContext } from './run-context.ts';
import { workOrderOf } from './run-context.ts';

/**
 * What keeps a step that asks an agent from being begun: the budget of a day is waited out, that of the work order is its
 * end. What needs no agent is done all the same, so that work that was paid for is delivered.
 */
export async function budgetBefore(
  context: RunContext,
  step: StepName,
): Promise<{ readonly pause?: Pause | null; readonly error?: WorkOrderError }> {
  if (!stepDefinition(workOrderOf(context).workflow_type, step).callsAgent) return {};
  const exhausted = exhaustedIn(await standingsOf(context));
  if (!exhausted) return {};
  const pause = untilNextDay(context, exhausted);
  return pause ? { pause } : { error: new WorkOrderError('budget_exhausted', exhaustedText(exhausted)) };
}

/** What follows an attempt that was ended for want of a budget; null where the work order ends. */
export async function budgetPause(
  context: RunContext,
  { started_at, error_message }: EndedAttempt,
): Promise<Pause | null> {
  const exhausted = exhaustedIn(await standingsOf(context));
  if (exhausted) return untilNextDay(context, exhausted);
  const now = context.clock.now().toISOString();
  const { budget_changed_at: changedAt } = workOrderOf(context);
  const isOtherNow = dayOf(now) !== dayOf(started_at) || (changedAt !== null && changedAt >= started_at);
  return isOtherNow ? { reason: 'quota', until: now, detail: `There is a budget again. ${error_message}` } : null;
}

function untilNextDay({ clock }: RunContext, exhausted: Exhausted): Pause | null {
  const { scope } = exhausted;
  if (!isDaily(scope)) return null;
  return {
    reason: 'quota',
    until: nextDay(clock.now().toISOString()),
    detail: exhaustedText(exhausted),
    budget: scope,
  };
}
