import { isDiskFull } from '../domain/disk-full.ts';
import { WorkOrderError } from '../domain/errors.ts';
import type { EndedAttemptStatus, FinishedTurn, Usage } from '../domain/step.ts';
import type { AttemptResult } from '../domain/work-order.ts';
import type { StepName } from '../domain/workflow.ts';
import type { SandboxNote } from '../ports/sandbox.ts';
import { isCancel } from './endings.ts';
import { checkChange } from './check-change.ts';
import { wasGivenMessages } from './messages.ts';
import { falseClaims } from './false-claims.ts';
import type { RunContext } from './run-context.ts';
import { latestCheckpoint, remember, workOrderOf } from './run-context.ts';
import { prepareSandbox } from './prepare-sandbox.ts';
import { classify } from './steps/classify.ts';
import { commit } from './steps/commit.ts';
import { createPr } from './steps/create-pr.ts';
import { findPlan } from './steps/find-plan.ts';
import { generateBranch } from './steps/generate-branch.ts';
import { implement } from './steps/implement.ts';
import { plan } from './steps/plan.ts';
import type { Step, StepResult } from './steps/step.ts';

const STEPS: Readonly<Record<StepName, Step>> = {
  classify,
  plan,
  find_plan: findPlan,
  generate_branch: generateBranch,
  implement,
  commit,
  create_pr: createPr,
};

/** An output beyond this many characters is cut in the history; the whole is in the log. */
const MAX_OUTPUT = 64 * 1_024;

/** How an attempt ended, before its working copy is kept. */
type Ending = Omit<StepResult, 'status'> & { readonly status: EndedAttemptStatus };

/**
 * One attempt at a step: recorded when it starts, carried out, its working copy kept, recorded when it ends. Rejects
 * only when the run was outdone; everything else that goes wrong is a failed attempt with its code.
 */
export async function runStep(context: RunContext, step: StepName): Promise<void> {
  const { history, attemptLog, clock } = context;
  const begunMs = clock.monotonicMs();
  await history.record({ type: 'start_attempt', step });
  attemptLog.begin(step, workOrderOf(context).in_progress?.attempt ?? 1);
  await context.reach('after_attempt_started', step);

  const { ending, used } = await counted(context, async () => {
    const kept = await keepTree(context, step, await carryOut(context, step));
    return await checked(context, step, await held(context, kept));
  });
  await attemptLog.flush();
  const events = await history.record({
    type: 'finish_attempt',
    result: {
      status: ending.status,
      ...turnOf(ending),
      ...(ending.status === 'interrupted' && wasGivenMessages(context) ? { answer: null } : {}),
      error_code: ending.error_code ?? null,
      error_message: ending.error_message ?? null,
      limit_resets_at: ending.limit_resets_at ?? null,
      usage: ending.usage ?? used,
      checks: ending.checks,
      duration_seconds: Math.max(0, Math.round(clock.monotonicMs() - begunMs) / 1_000),
    },
  });
  for (const event of events) if (event.type === 'attempt_finished') remember(context, event.data);
  await context.reach('after_attempt_finished', step);
}

/** Counts what an attempt uses while it runs, for every budget that it is held by; also when it is left. */
async function counted<Any>(
  context: RunContext,
  run: () => Promise<Any>,
): Promise<{ readonly ending: Any; readonly used: Usage | null }> {
  const { budgets } = context;
  const workOrder = workOrderOf(context);
  budgets.begin(workOrder);
  try {
    const ending = await run();
    return { ending, used: budgets.used(workOrder) };
  } finally {
    budgets.end(workOrder);
  }
}

function turnOf({ output, answer, session_id, usage, checkpoint, changes }: KeptEnding): FinishedTurn {
  return {
    output: output?.slice(0, MAX_OUTPUT) ?? null,
    output_truncated: output !== null && output.length > MAX_OUTPUT,
    answer: answer ?? null,
    session_id: session_id ?? null,
    usage: usage ?? null,
    checkpoint,
    changes,
  };
}

async function carryOut(context: RunContext, step: StepName): Promise<Ending> {
  try {
    context.signal.throwIfAborted();
    await prepareSandbox(context);
    const result = await STEPS[step].run(context);
    return context.signal.aborted && result.status === 'failed' ? cutShort(context, result) : result;
  } catch (error) {
    return context.signal.aborted ? cutShort(context, failure(error)) : failure(error);
  }
}

/** The run was told to end, so that whatever the step says is the consequence, not the reason. */
function cutShort<Any extends Ending>(context: RunContext, ending: Any): Any {
  // The one thing that matters more: a process that is still alive.
  if (ending.error_code === 'processes_survived') return ending;
  return isCancel(context.signal)
    ? { ...ending, status: 'cancelled', error_code: 'cancelled', error_message: 'Cancelled on request.' }
    : { ...ending, status: 'interrupted', error_code: 'interrupted', error_message: 'The service was stopped.' };
}

function failure(error: unknown): Ending {
  const unknown = isDiskFull(error) ? 'disk_full' : 'internal_error';
  const error_code = error instanceof WorkOrderError ? error.code : unknown;
  const error_message = error instanceof Error ? error.message : String(error);
  const limit_resets_at = error instanceof WorkOrderError ? error.retryAt : null;
  return { status: 'failed', output: null, error_code, error_message, limit_resets_at, touchedTree: true };
}

type KeptEnding = Ending & Pick<AttemptResult, 'checkpoint' | 'changes'>;

/** Keeps the working copy when an agent may have changed it, and says what it holds against the base. */
async function keepTree(context: RunContext, step: StepName, ending: Ending): Promise<KeptEnding> {
  if (!context.sandbox) return { ...ending, checkpoint: null, changes: null };
  if (!ending.touchedTree) return { ...ending, checkpoint: latestCheckpoint(context), changes: null };
  try {
    const { sandbox } = context;
    const attempt = workOrderOf(context).in_progress?.attempt ?? 1;
    const notes: SandboxNote[] = [];
    const onNote = (note: SandboxNote) => void notes.push(note);
    const checkpoint = await sandbox.checkpoint({ name: `${step}-${attempt}`, onNote });
    for (const note of notes) await context.history.record({ type: 'note', ...note });
    const changes = await sandbox.changes({ from: sandbox.baseCommit, to: checkpoint });
    await context.reach('after_checkpoint', step);
    return { ...ending, checkpoint, changes };
  } catch (error) {
    // Why the step failed is worth more than that its tree could not be kept.
    const reason = ending.status === 'succeeded' ? failure(error) : ending;
    return { ...reason, checkpoint: null, changes: null };
  }
}

/** An agent is held to what it says it has made: what lies in the kept working copy counts, not the word. */
async function held(context: RunContext, ending: KeptEnding): Promise<KeptEnding> {
  const { status, claims, checkpoint } = ending;
  if (status !== 'succeeded' || !claims || !checkpoint) return ending;
  const claimed = await falseClaims(context, { claims, checkpoint });
  if (claimed.length === 0) return ending;
  return { ...ending, status: 'failed', error_code: 'claim_not_found', error_message: claimed.join(' ') };
}

/** After the working copy is kept, so that what checks leave behind is no part of it; they belong to the attempt. */
async function checked(
  context: RunContext,
  step: StepName,
  ending: KeptEnding,
): Promise<KeptEnding & Pick<AttemptResult, 'checks'>> {
  const { status, checkpoint } = ending;
  if (step !== 'implement' || status !== 'succeeded' || !checkpoint) return { ...ending, checks: [] };
  try {
    const { checks, refused } = await checkChange(context, { checkpoint, turn: turnOf(ending) });
    const after = { ...ending, checks, ...(refused ? { ...refused, status: 'failed' as const } : {}) };
    return context.signal.aborted ? cutShort(context, after) : after;
  } catch (error) {
    const { output } = ending;
    const after = { ...ending, ...failure(error), output, checks: [] };
    return context.signal.aborted ? cutShort(context, after) : after;
  }
}
