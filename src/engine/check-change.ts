import type { CheckResult } from '../domain/check.ts';
import { checkFailure, failedCheck } from '../domain/check.ts';
import type { EndedAttempt, FinishedTurn } from '../domain/step.ts';
import { nextStep } from '../domain/work-order.ts';
import { settingsOfTarget } from './choose-agent.ts';
import { runChecks } from './run-checks.ts';
import type { RunContext } from './run-context.ts';
import { sandboxOf, workOrderOf, workToMend } from './run-context.ts';

/** What a checked change came to: nothing beside the results when it may go on. */
export type CheckedChange = Pick<EndedAttempt, 'checks'> & {
  readonly refused?: Pick<EndedAttempt, 'error_code' | 'error_message'>;
};

/**
 * Runs the checks of the work order on what an attempt at `implement` has made. A change that a check refuses goes on
 * all the same when it is the last try and a draft is wanted then. One that an earlier try has come to already is the last
 * try: an agent that was told, and leaves the files so, gets nowhere. It is checked all the same, for what failed may have
 * been outside. Rejects as `runChecks`, or with `repository_settings_invalid`.
 */
export async function checkChange(
  context: RunContext,
  { checkpoint, turn }: { readonly checkpoint: string; readonly turn: FinishedTurn },
): Promise<CheckedChange> {
  const commands = await checksOf(context);
  if (commands.length === 0 || !(await hasWork(context, checkpoint))) return { checks: [] };
  // Checks can take longer than the agent did: a service that dies meanwhile must not cost its work.
  await context.history.record({ type: 'finish_turn', turn });
  const checks = await runChecks(context, { commands, checkpoint });
  const failed = failedCheck(checks);
  if (!failed) return { checks };
  const failure = checkFailure(failed);
  const same = await sameAsBefore(context, checkpoint);
  const error_message = same
    ? `${failure} The files are again as attempt ${same.attempt} had left them when the agent was told so.`
    : failure;
  const isLast = same !== undefined || workToMend(context).length >= context.checks.attempts;
  if (isLast && (await goesOnAsDraft(context, error_message))) return { checks };
  return { checks, refused: { error_code: same ? 'no_progress' : 'check_failed', error_message } };
}

/** The refused attempt whose files were the same; undefined for a change that is new. */
async function sameAsBefore(context: RunContext, checkpoint: string): Promise<EndedAttempt | undefined> {
  for (const attempt of workToMend(context)) {
    const from = attempt.checkpoint;
    if (from && (await sandboxOf(context).changedPaths({ from, to: checkpoint })).length === 0) return attempt;
  }
  return undefined;
}

async function goesOnAsDraft(context: RunContext, reason: string): Promise<boolean> {
  if (context.checks.onFailure === 'fail') return false;
  const message = `${reason} The work order goes on all the same: the pull request will be a draft.`;
  await context.history.record({ type: 'note', code: 'check_failed', message });
  return true;
}

/** Those of the request, else of the known repository, else what the target repository says itself. */
async function checksOf(context: RunContext): Promise<readonly string[]> {
  return workOrderOf(context).checks ?? (await settingsOfTarget(context)).checks;
}

/** Whether a checkpoint holds anything but the plan. */
export async function hasWork(context: RunContext, checkpoint: string): Promise<boolean> {
  const sandbox = sandboxOf(context);
  const changed = await sandbox.changedPaths({ from: sandbox.baseCommit, to: checkpoint });
  return changed.some((path) => path !== workOrderOf(context).plan_path);
}

/** Whether a change that a check has refused goes back to the agent now. */
export function goesBackToAgent(context: RunContext): boolean {
  if (nextStep(workOrderOf(context)) !== 'implement') return false;
  const last = context.ended.at(-1);
  return last?.error_code === 'check_failed' && workToMend(context).length <= context.checks.attempts;
}

/** The results that come with the change as it stands; empty when none was run. */
export function checksOfChange(context: RunContext): readonly CheckResult[] {
  return context.succeeded.get('implement')?.checks ?? [];
}
