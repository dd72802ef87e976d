/** How many checks a work order may have, and how long one may be, in UTF-16 units. */
export const MAX_CHECKS = 20;
export const MAX_CHECK_CHARACTERS = 1_000;

export const CHECK_STATUSES = ['passed', 'failed', 'timed_out'] as const;

/** What came of a command that the service ran itself to see whether a change is good. */
export interface CheckResult {
  readonly command: string;
  readonly status: (typeof CHECK_STATUSES)[number];
  /** Null for one that was ended by a signal or by its time limit. */
  readonly exit_code: number | null;
  readonly duration_seconds: number;
  /** By which sign it died of lack of memory; absent where there is none. */
  readonly out_of_memory?: string | undefined;
  /** What it said on both streams, without what is cut from its beginning. */
  readonly output: string;
  /** True when `output` is the end of something longer; the whole is in the log. */
  readonly output_truncated: boolean;
}

/** The check that kept a change from being good; undefined when all have passed, and when none was run. */
export function failedCheck(checks: readonly CheckResult[]): CheckResult | undefined {
  return checks.find(({ status }) => status !== 'passed');
}

/** Why a check has failed, in a sentence for a person. */
export function checkFailure({ command, status, exit_code, duration_seconds, out_of_memory }: CheckResult): string {
  if (status === 'timed_out') return `The check "${command}" was not done after ${Math.round(duration_seconds)} s.`;
  if (out_of_memory !== undefined) return `The check "${command}" ran out of memory: ${out_of_memory}.`;
  const how = exit_code === null ? 'was killed' : `ended with exit code ${exit_code}`;
  return `The check "${command}" ${how}.`;
}

/**
 * Of the attempts at `implement` that still count, in order: those whose change a check has refused since there was a
 * success. The latest is what the next attempt has to mend.
 */
export function attemptsToMend<Attempt extends { readonly success: boolean; readonly error_code: string | null }>(
  attempts: readonly Attempt[],
): readonly Attempt[] {
  const open = attempts.slice(attempts.findLastIndex(({ success }) => success) + 1);
  return open.filter(({ error_code }) => error_code === 'check_failed');
}

/**
 * Of the attempts at `implement` that still count, in order: the one whose agent had done its part when the service ended
 * in the middle of its checks. The next attempt runs the checks on that work and asks nobody. Attempts that were cut before
 * an agent was asked change nothing.
 */
export function attemptToCheck<
  Attempt extends {
    readonly status: string;
    readonly agent: string | null;
    readonly answer: object | null;
    readonly checkpoint: string | null;
  },
>(attempts: readonly Attempt[]): Attempt | undefined {
  const last = attempts.findLast(
    ({ status, agent, answer }) => status !== 'interrupted' || agent !== null || answer !== null,
  );
  return last?.status === 'interrupted' && last.answer !== null && last.checkpoint !== null ? last : undefined;
}

/** How much of what a check said an agent is told. */
const MAX_TOLD = 8 * 1_024;

/** The evidence against a change, as the agent is told that has to mend it. */
export function evidenceText(checks: readonly CheckResult[]): string {
  const failed = failedCheck(checks);
  if (!failed) return '';
  const { output } = failed;
  const cut = failed.output_truncated || output.length > MAX_TOLD;
  return [
    'The service has run the checks of this repository on the working copy as it lies here, and one has failed. Your earlier work is kept: mend what is wrong, and do not weaken the check.',
    checkFailure(failed),
    `${cut ? 'The end of what it said' : 'What it said'}:`,
    fenced(output.slice(-MAX_TOLD)),
  ].join('\n\n');
}

/** A text as Markdown shows it unchanged, whatever fences it has itself. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}
