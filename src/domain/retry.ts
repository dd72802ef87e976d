import type { DailyScope } from './budget.ts';
import type { ErrorCode } from './error-catalogue.ts';
import type { EndedAttempt } from './step.ts';
import type { WaitingReason } from './work-order.ts';

/**
 * Failures that pass by themselves, and what is waited for meanwhile. `quota` is whatever keeps a model from answering:
 * its limit, an overload, or no way to it.
 */
const PASSING: ReadonlyMap<string, WaitingReason> = new Map<ErrorCode, WaitingReason>([
  ['agent_rate_limited', 'quota'],
  ['agent_overloaded', 'quota'],
  ['agent_network', 'quota'],
  ['forge_unavailable', 'forge'],
  ['disk_full', 'disk'],
]);

const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 15 * 60_000;
/** Each pause is changed by up to this share of it, so that many do not come back in the same moment. */
const JITTER = 0.2;

/** Why and until when a step is not tried again. */
export interface Pause {
  readonly reason: WaitingReason;
  /** ISO 8601 in UTC; null when somebody has to act. */
  readonly until: string | null;
  readonly detail: string;
  /** The budget of a day that is waited out; absent for everything else. */
  readonly budget?: DailyScope;
}

/**
 * What to do after the last of `attempts`, all of one step and in order: null when its failure does not pass by itself,
 * or when the tries since the first failure in a row would take longer than `retryForMs`. A time that was told counts,
 * else the pauses double from five seconds to a quarter of an hour.
 */
export function pauseAfter(
  attempts: readonly EndedAttempt[],
  given: {
    readonly now: Date;
    /** From 0 to 1. */
    readonly random: number;
    readonly retryForMs: number;
  },
): Pause | null {
  const row = failuresInARow(attempts);
  const [first, last] = [row[0], row.at(-1)];
  if (!first || !last) return null;
  const reason = passingReason(last);
  if (!reason) return null;
  const nowMs = given.now.getTime();
  const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(row.length - 1, 16), LONGEST_PAUSE_MS);
  const own = nowMs + pauseMs * (1 + JITTER * (2 * given.random - 1));
  const told = last.limit_resets_at === null ? 0 : Date.parse(last.limit_resets_at) + pauseMs * JITTER * given.random;
  const untilMs = Math.max(own, told);
  if (untilMs > Date.parse(first.finished_at) + given.retryForMs) return null;
  return {
    reason,
    until: new Date(untilMs).toISOString(),
    detail: last.error_message ?? 'The step failed in a way that can pass.',
  };
}

/**
 * What to wait for where a run cannot even begin; null when its problem does not pass by itself. As long again as it has
 * been since the last step, five seconds to a quarter of an hour, without an end: nothing is spent meanwhile.
 */
export function pauseBefore(
  problem: { readonly code: string; readonly message: string },
  given: {
    readonly now: Date;
    readonly lastStepAt: string;
    /** From 0 to 1. */
    readonly random: number;
  },
): Pause | null {
  const reason = PASSING.get(problem.code);
  if (!reason) return null;
  const nowMs = given.now.getTime();
  const sinceMs = Math.max(nowMs - Date.parse(given.lastStepAt), FIRST_PAUSE_MS);
  const untilMs = nowMs + Math.min(sinceMs, LONGEST_PAUSE_MS) * (1 + JITTER * (2 * given.random - 1));
  return { reason, until: new Date(untilMs).toISOString(), detail: problem.message };
}

/** What is waited for before this attempt is made again; null when it would fail again. */
function passingReason({ status, error_code }: Pick<EndedAttempt, 'status' | 'error_code'>): WaitingReason | null {
  return status === 'failed' && error_code !== null ? (PASSING.get(error_code) ?? null) : null;
}

/** The agents whose models have met their limits in the latest row of failures, and are not known to be back. */
export function limitedAgents(attempts: readonly EndedAttempt[], now: Date): ReadonlySet<string> {
  const limited = new Set<string>();
  for (const attempt of failuresInARow(attempts)) {
    if (passingReason(attempt) !== 'quota' || attempt.agent === null) continue;
    const isBack = attempt.limit_resets_at !== null && Date.parse(attempt.limit_resets_at) <= now.getTime();
    if (isBack) limited.delete(attempt.agent);
    else limited.add(attempt.agent);
  }
  return limited;
}

/** From the last one back: attempts that were cut short by the end of the service neither count nor end the row. */
function failuresInARow(attempts: readonly EndedAttempt[]): readonly EndedAttempt[] {
  const row: EndedAttempt[] = [];
  for (const attempt of attempts.toReversed()) {
    if (attempt.status === 'interrupted') continue;
    if (!passingReason(attempt)) break;
    row.unshift(attempt);
  }
  return attempts.at(-1)?.status === 'failed' ? row : [];
}
