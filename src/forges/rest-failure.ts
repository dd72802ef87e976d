import type { ErrorCode } from '../domain/error-catalogue.ts';
import { WorkOrderError } from '../domain/errors.ts';
import type { Dialect } from './rest-dialect.ts';

/** An answer of a forge that is no success; status 0 when there was none. */
export interface Refusal {
  readonly status: number;
  readonly headers: Headers;
  /** The value of its JSON, or its text. */
  readonly body: unknown;
  readonly cause?: unknown;
}

/** What was asked for when it failed. */
interface Asked {
  /** As the rest of "could not …". */
  readonly what: string;
  readonly host: string;
  readonly hasToken: boolean;
  /** `set GITLAB_TOKEN`. */
  readonly howToSet: string;
}

interface Explained {
  readonly code: ErrorCode;
  readonly reason: string;
}

const MAX_WORDS = 300;

/** A refusal as one of our own errors: what happened, and what a person can do. */
export function restFailure(refusal: Refusal, dialect: Dialect, asked: Asked): WorkOrderError {
  const { code, reason } = explained(refusal, dialect, asked);
  const end = code === 'forge_unavailable' ? limitEnd(refusal) : null;
  const retryAt = end === null ? null : new Date(end).toISOString();
  return new WorkOrderError(code, `Could not ${asked.what}: ${reason}`, { cause: refusal.cause, retryAt });
}

/** When a limit or an outage ends, in ms since 1970; null when the forge does not say. */
export function limitEnd({ status, headers }: Refusal): number | null {
  const after = headers.get('retry-after') ?? '';
  const byDelay = /^\d{1,9}$/.test(after) ? Date.now() + Number(after) * 1_000 : Date.parse(after);
  // Other answers name the end of a limit as well that is far from being reached.
  const byClock = status === 429 ? Number(headers.get('ratelimit-reset') ?? Number.NaN) * 1_000 : Number.NaN;
  const ends = [byDelay, byClock].filter((end) => end > 0 && end < 8.64e15);
  return ends.length > 0 ? Math.max(...ends) : null;
}

function explained(refusal: Refusal, dialect: Dialect, { host, hasToken, howToSet }: Asked): Explained {
  const { status, body, cause } = refusal;
  const words = plain((status === 0 ? wordsOfError(cause) : dialect.wordsOf(body)) ?? 'without a word');
  if (status === 0) return { code: 'forge_unavailable', reason: `${host} cannot be reached (${words}).` };
  if (status === 429) {
    return { code: 'forge_unavailable', reason: `The rate limit of ${host} is reached. ${until(refusal)}` };
  }
  if (status >= 500) {
    const end = limitEnd(refusal) === null ? '' : ` ${until(refusal)}`;
    return { code: 'forge_unavailable', reason: `${host} answers ${status} (${words}).${end}` };
  }
  if (status < 400) return { code: 'repository_unreachable', reason: 'It has moved; use its new URL.' };
  if (!hasToken && [401, 403, 404].includes(status)) {
    return {
      code: 'forge_auth_required',
      reason: `It is not visible without a token on ${host}, or is gone; ${howToSet}.`,
    };
  }
  switch (status) {
    case 401:
      return {
        code: 'forge_token_refused',
        reason: `${host} does not accept the token (${words}); it has expired or was revoked: ${howToSet} anew.`,
      };
    case 403:
      return { code: 'forge_permission_missing', reason: dialect.missingPermission(body, words) };
    case 404:
    case 410:
      return { code: 'repository_unreachable', reason: `It is gone, or the token may not see it (${words}).` };
    default:
      return { code: 'forge_refused', reason: `${host} refuses (${status}): ${words}.` };
  }
}

function until(refusal: Refusal): string {
  const end = limitEnd(refusal);
  return end === null ? 'It does not say until when.' : `It is lifted at ${new Date(end).toISOString()}.`;
}

/** `fetch` itself says only that it failed; the reason is in the cause. */
function wordsOfError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function plain(words: string): string {
  return words
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, MAX_WORDS);
}
