import type { ErrorCode } from './error-catalogue.ts';
import type { EndedAttempt } from './step.ts';
import type { StepName } from './workflow.ts';

/** Failures that say something against the working copy itself, or leave it in doubt. */
const SUSPECT: ReadonlySet<string> = new Set<ErrorCode>([
  'claim_not_found',
  'change_too_large',
  'secret_in_changes',
  'disk_full',
  'git_failed',
  'sandbox_failed',
  'processes_survived',
]);

/**
 * Of the attempts that count, in order: those since the latest success whose working copy is kept although they did not
 * succeed, and against which nothing speaks. The latest is what the next attempt goes on with.
 */
export function unfinishedAttempts<Attempt extends Pick<EndedAttempt, 'success' | 'error_code' | 'checkpoint'>>(
  attempts: readonly Attempt[],
): readonly Attempt[] {
  const open = attempts.slice(attempts.findLastIndex(({ success }) => success) + 1);
  return open.filter(({ checkpoint, error_code }) => checkpoint !== null && !SUSPECT.has(error_code ?? ''));
}

/**
 * The attempt with whose work a person may go on who takes a step up again, of all attempts in order: the latest one at it
 * that has not succeeded, if nothing speaks against it.
 */
export function workToKeep(step: StepName, attempts: readonly EndedAttempt[]): EndedAttempt | null {
  if (step !== 'implement') return null;
  return unfinishedAttempts(attempts).findLast((attempt) => attempt.step === step) ?? null;
}

/** Whether a model was reached in the session of an attempt: one that never was may not even be kept by its program. */
export function hasAnswered({ error_code, usage }: Pick<EndedAttempt, 'error_code' | 'usage'>): boolean {
  return error_code === 'check_failed' || (usage?.input_tokens ?? 0) + (usage?.output_tokens ?? 0) > 0;
}

/** What the agent is told of unfinished work; nothing where the evidence of a check says it already. */
export function unfinishedText(attempt: Pick<EndedAttempt, 'error_code'> | undefined): string {
  if (!attempt || attempt.error_code === 'check_failed') return '';
  return 'An earlier attempt at this was cut short, and what it had made by then, if anything, lies in this folder: look at it first and go on from there, for parts of what is asked, messages included, may be done already.';
}
