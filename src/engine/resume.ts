import { isDiskFull } from '../domain/disk-full.ts';
import { WorkOrderError, hasCode } from '../domain/errors.ts';
import { nextStep } from '../domain/work-order.ts';
import type { FinishedTurn, RunningAttempt } from '../domain/step.ts';
import type { Sandbox } from '../ports/sandbox.ts';
import { wasGivenMessages } from './messages.ts';
import type { RunContext } from './run-context.ts';
import { remember, startOfNext, workOrderOf } from './run-context.ts';

/**
 * Takes up what an earlier process left: first makes sure that its agents are dead, then records the attempt that was
 * cut, then puts the working copy back to where the last finished step left it. Does nothing for a new work order.
 * Rejects with `processes_survived` or `sandbox_failed`, with the attempt recorded as failed, and where there is no room,
 * with the attempt recorded as cut.
 */
export async function resume(context: RunContext): Promise<void> {
  try {
    context.sandbox = await reopened(context);
  } catch (error) {
    // No room is no end of that attempt: it was cut, and another one follows when there is some.
    await recordCut(context, isDiskFull(error) ? null : error);
    throw error;
  }
  await recordCut(context, null);
  const next = nextStep(workOrderOf(context));
  if (context.sandbox && next && !workOrderOf(context).cancel_requested) {
    await context.sandbox.restore({ checkpoint: startOfNext(context) });
  }
}

/** The sandbox that the history names, with no process of an earlier run alive in it; null when there is none. */
async function reopened(context: RunContext): Promise<Sandbox | null> {
  const workOrder = workOrderOf(context);
  const {
    agent_work_order_id: workOrderId,
    repository_url: repositoryUrl,
    base_branch: baseBranch,
    base_commit: baseCommit,
  } = workOrder;
  if (!workOrder.sandbox_identifier || !baseBranch || !baseCommit) return null;
  try {
    return await context.sandboxes.open({ workOrderId, repositoryUrl, baseBranch, baseCommit });
  } catch (error) {
    // It was cleared away already, just before its end could be written; a step that needs it will say that it is gone.
    if (hasCode(error, 'sandbox_failed')) return null;
    throw error;
  }
}

/** Records the attempt that was running when the earlier process ended: interrupted, or failed with a reason. */
async function recordCut(context: RunContext, reason: unknown): Promise<void> {
  const { in_progress: cut, updated_at: lastEvent } = workOrderOf(context);
  if (!cut) return;
  const { at, usage } = await lastSigns(context, cut);
  const lastSign = at !== null && at > lastEvent ? at : lastEvent;
  const turn = (reason === null ? await finishedTurn(context, cut) : null) ?? NOTHING;
  const events = await context.history.record({
    type: 'finish_attempt',
    result: {
      ...turn,
      status: reason === null ? 'interrupted' : 'failed',
      limit_resets_at: null,
      error_code: reason instanceof WorkOrderError ? reason.code : 'interrupted',
      error_message: reason instanceof Error ? reason.message : 'The service ended in the middle of this attempt.',
      // What its turn is known to have used, else what the log has of it.
      usage: turn.usage ?? usage,
      // Up to the last sign of life that was saved: how long it went on after that nobody knows.
      duration_seconds: Math.max(0, (Date.parse(lastSign) - Date.parse(cut.started_at)) / 1_000),
      checks: [],
    },
  });
  for (const event of events) if (event.type === 'attempt_finished') remember(context, event.data);
}

/** What the log has of an attempt that was cut; nothing where it cannot be read. */
async function lastSigns({ history, signs, log }: RunContext, { step, attempt }: RunningAttempt) {
  const { agent_work_order_id: workOrderId } = history.workOrder;
  try {
    return await signs.lastSigns({ workOrderId, step, attempt });
  } catch (err) {
    log.warn('spending_not_read', { agent_work_order_id: workOrderId, err });
    return { at: null, usage: null };
  }
}

const NOTHING: FinishedTurn = {
  output: null,
  output_truncated: false,
  answer: null,
  session_id: null,
  usage: null,
  checkpoint: null,
  changes: null,
};

/** Beyond the record of a turn there are a few notes and messages at most until its attempt ends. */
const LOOKED_AT = 500;

/** What its agent had done when the service ended in the middle of its checks; null where it had not. */
async function finishedTurn(context: RunContext, cut: RunningAttempt): Promise<FinishedTurn | null> {
  if (cut.step !== 'implement' || wasGivenMessages(context)) return null;
  const { agent_work_order_id: workOrderId, last_seq } = workOrderOf(context);
  const after = Math.max(0, last_seq - LOOKED_AT);
  // A store that cannot be read now costs the work of the agent, not the work order.
  const events = await context.events.events({ workOrderId, after, limit: LOOKED_AT }).catch(() => []);
  for (const event of events.toReversed()) {
    if (event.type !== 'turn_finished') continue;
    const { step, attempt, ...turn } = event.data;
    return step === cut.step && attempt === cut.attempt ? turn : null;
  }
  return null;
}
