import { PAUSED } from '../domain/decide.ts';
import { isDiskFull } from '../domain/disk-full.ts';
import { WorkOrderError } from '../domain/errors.ts';
import { closedGate, questionAt } from '../domain/gate.ts';
import type { Pause } from '../domain/retry.ts';
import { pauseAfter, pauseBefore } from '../domain/retry.ts';
import type { Outcome, WorkOrder } from '../domain/work-order.ts';
import { nextStep } from '../domain/work-order.ts';
import type { StepName } from '../domain/workflow.ts';
import { budgetBefore, budgetPause } from './budget-pause.ts';
import { goesBackToAgent } from './check-change.ts';
import { closeSandbox } from './close-sandbox.ts';
import { isCancel, RunEnded } from './endings.ts';
import { fallbackAgent } from './fallback-agent.ts';
import { resume } from './resume.ts';
import type { RunContext } from './run-context.ts';
import { countsStill, workOrderOf } from './run-context.ts';
import { runStep } from './run-step.ts';

type Ending = 'completed' | 'failed' | 'cancelled';

/**
 * Carries a claimed work order from wherever its history stands to its end, or until it has to wait or the run is ended
 * from outside: then the history says so, and a later claim goes on from there. Rejects only with `RunEnded` or
 * `store_fenced`.
 */
export async function runWorkOrder(context: RunContext): Promise<void> {
  await context.reach('after_claim', null);
  const problem = await takeUp(context);
  if (problem) return putOff(context, problem);
  for (;;) {
    const next = afterChecks(context, whatNext(workOrderOf(context)));
    if (next.what === 'step') {
      context.signal.throwIfAborted();
      // Attempts that run go on to their end; no other one begins.
      if (context.draining.aborted) throw new RunEnded('stop');
      const { pause, error } = await budgetBefore(context, next.step);
      if (pause) return leaveWaiting(context, pause);
      if (error) return end(context, 'failed', error);
      await runStep(context, next.step);
      continue;
    }
    const pause = next.what === 'wait' ? next.pause : next.ending === 'failed' ? await pauseOf(context) : null;
    if (pause) return leaveWaiting(context, pause);
    if (next.what === 'end') return end(context, next.ending, null);
  }
}

/** What a run does after what it has done so far. */
type Next =
  | { readonly what: 'step'; readonly step: StepName }
  | { readonly what: 'wait'; readonly pause: Pause }
  | { readonly what: 'end'; readonly ending: Ending };

/**
 * The step to run now, what to wait for, or how the work order ends. Facts go before the wish to cancel: what is
 * delivered is delivered, and an attempt that failed because processes of its agent are still alive must not end as
 * `cancelled`.
 */
export function whatNext(workOrder: WorkOrder): Next {
  const step = nextStep(workOrder);
  const state = workOrder.steps.find((candidate) => candidate.step === step);
  if (state?.status === 'failed') return { what: 'end', ending: 'failed' };
  const gate = closedGate({ ...workOrder, next: step });
  if (step === null && gate === null) return { what: 'end', ending: 'completed' };
  if (workOrder.cancel_requested) return { what: 'end', ending: 'cancelled' };
  if (workOrder.pause_requested) return { what: 'wait', pause: PAUSED };
  if (gate !== null) return { what: 'wait', pause: { reason: 'approval', detail: questionAt(gate), until: null } };
  return step === null ? { what: 'end', ending: 'completed' } : { what: 'step', step };
}

/** A change that a check has refused goes back to the agent, as often as the settings say. */
function afterChecks(context: RunContext, next: Next): Next {
  if (next.what !== 'end' || next.ending !== 'failed' || !goesBackToAgent(context)) return next;
  const { cancel_requested, pause_requested } = workOrderOf(context);
  if (cancel_requested) return { what: 'end', ending: 'cancelled' };
  return pause_requested ? { what: 'wait', pause: PAUSED } : { what: 'step', step: 'implement' };
}

/** Begins, or goes on after a restart; returns why it cannot. */
async function takeUp(context: RunContext): Promise<WorkOrderError | null> {
  if (workOrderOf(context).status === 'pending' && !workOrderOf(context).cancel_requested) {
    await context.history.record({ type: 'start' });
    await context.reach('after_started', null);
  }
  try {
    await resume(context);
    return null;
  } catch (error) {
    if (error instanceof WorkOrderError && error.code !== 'store_fenced') return error;
    if (isDiskFull(error)) return new WorkOrderError('disk_full', messageOf(error), { cause: error });
    throw error;
  }
}

/** A run that cannot begin: it waits where that passes by itself, like one whose step has failed. */
async function putOff(context: RunContext, problem: WorkOrderError): Promise<void> {
  const { cancel_requested, updated_at } = workOrderOf(context);
  const { clock, ended } = context;
  const given = { now: clock.now(), lastStepAt: ended.at(-1)?.finished_at ?? updated_at, random: context.random() };
  const pause = pauseBefore(problem, given);
  if (!pause) return end(context, 'failed', problem);
  return cancel_requested ? end(context, 'cancelled', null) : leaveWaiting(context, pause);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What follows a failed attempt, where another one may do better. */
async function pauseOf(context: RunContext): Promise<Pause | null> {
  const workOrder = workOrderOf(context);
  const step = nextStep(workOrder);
  if (workOrder.cancel_requested || step === null) return null;
  const attempts = context.ended.filter(
    (attempt) => attempt.step === step && countsStill(context, attempt.finished_at),
  );
  const last = attempts.at(-1);
  if (last?.error_code === 'budget_exhausted') return budgetPause(context, last);
  const { clock, random, retryForMs } = context;
  const now = clock.now();
  const pause = pauseAfter(attempts, { now, random: random(), retryForMs });
  if (!pause) return null;
  const other = await fallbackAgent(context, step, last?.agent ?? null);
  return other ? { ...pause, until: now.toISOString(), detail: `${other.id} goes on. ${pause.detail}` } : pause;
}

/** Nothing is held for a work order that waits: its working copy lies on the disk, and the store knows until when. */
async function leaveWaiting(context: RunContext, pause: Pause): Promise<void> {
  await context.history.record({ type: 'wait', ...pause });
  await context.attemptLog.flush();
  await context.history.settled(context.signal);
}

/**
 * A terminal status is reached when everything before it is saved: the sandbox is cleared away first, keeping what was
 * not pushed, and the last record is tried until the store takes it.
 */
async function end(context: RunContext, how: Ending, problem: WorkOrderError | null): Promise<void> {
  const { history } = context;
  // A cancelled run still has to write its end; one that is stopped or outdone has not.
  const signal = isCancel(context.signal) ? new AbortController().signal : context.signal;
  await history.settled(signal);
  await context.reach('before_close', null);
  await closeSandbox(context, how);
  // A reader of the log takes the end for the end.
  await context.attemptLog.flush();
  await history.settled(signal);
  await context.reach('before_terminal', null);
  if (how === 'completed') await history.record({ type: 'complete', outcome: outcomeOf(context) });
  else if (how === 'cancelled') await history.record({ type: 'cancel', detail: 'Cancelled on request.' });
  else await history.record({ type: 'fail', ...failureOf(context, problem) });
  await history.settled(signal);
}

function outcomeOf(context: RunContext): Outcome {
  const { steps, github_pull_request_url } = workOrderOf(context);
  if (steps.some(({ status }) => status === 'skipped')) return 'no_change_needed';
  return github_pull_request_url ? 'pull_request_opened' : 'branch_pushed';
}

function failureOf({ ended }: RunContext, problem: WorkOrderError | null) {
  const lastAttempt = ended.at(-1);
  return {
    error_code: problem?.code ?? lastAttempt?.error_code ?? 'internal_error',
    error_message: problem?.message ?? lastAttempt?.error_message ?? 'The step failed without a reason.',
  };
}
