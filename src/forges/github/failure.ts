import { WorkOrderError } from '../../domain/errors.ts';
import type { Failure } from './schema.ts';
import { failureSchema } from './schema.ts';

/** What was asked for when it failed. */
interface Asked {
  /** As the rest of "could not …". */
  readonly what: string;
  /** `owner/name on host`. */
  readonly repository: string;
  readonly host: string;
  readonly hasToken: boolean;
  /** Known by the token of an installation of an app. */
  readonly isApp: boolean;
  /** `set GITHUB_TOKEN or GH_TOKEN`. */
  readonly howToSet: string;
  readonly signal: AbortSignal;
}

/** A failure of GitHub's API as one of our own: what happened, and what a person can do. */
export function githubFailure(error: unknown, asked: Asked): unknown {
  if (asked.signal.aborted) return new WorkOrderError('cancelled', `To ${asked.what} was cancelled.`);
  const parsed = failureSchema.safeParse(error);
  if (!parsed.success) return error;
  const { data: failure } = parsed;
  const { code, reason } = explained(failure, asked);
  const retryAt = limitEnd(failure) || null;
  return new WorkOrderError(code, `Could not ${asked.what}: ${reason}`, { cause: error, retryAt });
}

/** True for an answer after which another token may do better: one that may see or do more, or is newer. */
export function isRefusal(error: unknown): boolean {
  const status = failureSchema.safeParse(error).data?.status ?? 0;
  return [401, 403, 404].includes(status);
}

function explained(failure: Failure, asked: Asked) {
  const { status } = failure;
  const { host, repository, hasToken, isApp, howToSet } = asked;
  const words = wordsOf(failure);
  const away = outage(failure, host);
  if (away !== null) return { code: 'forge_unavailable', reason: away } as const;
  if (!hasToken && [401, 403, 404].includes(status)) {
    const reason = `${repository} is not visible without a token, or is gone; ${howToSet}.`;
    return { code: 'forge_auth_required', reason } as const;
  }
  switch (status) {
    case 401:
      if (isApp) {
        const reason = `${host} does not accept the token of the app any more (${words}); the next try asks for a new one.`;
        return { code: 'forge_token_refused', reason } as const;
      }
      return {
        code: 'forge_token_refused',
        reason: `${host} does not accept the token (${words}); it has expired or was revoked: ${howToSet} anew.`,
      } as const;
    case 403:
      return { code: 'forge_permission_missing', reason: missingPermission(failure, { words, isApp }) } as const;
    case 404:
    case 410:
      return {
        code: 'repository_unreachable',
        reason: `It is gone, or the token may not see it (${words}). A fine-grained token must name ${repository}.`,
      } as const;
    default:
      return { code: 'forge_refused', reason: `${host} refuses (${status}): ${words}.` } as const;
  }
}

/** Why it cannot be known what the forge would answer: it is away, or a limit is reached; null when it has answered. */
export function outage(failure: Failure, host: string): string | null {
  if (!failure.response) return `${host} cannot be reached (${wordsOf(failure)}).`;
  const limit = limitEnd(failure);
  if (limit !== null) {
    const until = limit === '' ? 'It does not say until when.' : `It is lifted at ${limit}.`;
    return `The rate limit of ${host} is reached. ${until}`;
  }
  return failure.status >= 500 ? `${host} answers ${failure.status} (${wordsOf(failure)}).` : null;
}

/** Which scope is missing, where GitHub says it: it does for classic tokens only. */
function missingPermission(
  failure: Failure,
  { words, isApp }: { readonly words: string; readonly isApp: boolean },
): string {
  const accepted = header(failure, 'x-accepted-oauth-scopes');
  const owned = header(failure, 'x-oauth-scopes');
  const permissions = header(failure, 'x-accepted-github-permissions');
  if (accepted) return `The token lacks the scope ${accepted}; it has ${owned || 'none'} (${words}).`;
  if (permissions && isApp) {
    return `The app lacks the permission ${permissions} (${words}). Add it in the settings of the app; then the owner of the repository has to accept it.`;
  }
  if (permissions) return `The token lacks the permission ${permissions} (${words}).`;
  return `The token may not do that (${words}). It needs Contents, Pull requests and Issues: read and write.`;
}

/** When the limit ends, in ISO form; empty when the server does not say; null when it is no limit. */
export function limitEnd(failure: Failure): string | null {
  const { status } = failure;
  const exhausted = header(failure, 'x-ratelimit-remaining') === '0';
  const after = Number(header(failure, 'retry-after'));
  const limited = status === 429 || (status === 403 && (exhausted || after > 0 || /rate limit/i.test(failure.message)));
  if (!limited) return null;
  const reset = exhausted ? Number(header(failure, 'x-ratelimit-reset')) * 1_000 : 0;
  const end = Math.max(reset, after > 0 ? Date.now() + after * 1_000 : 0);
  return end > 0 && end < 8.64e15 ? new Date(end).toISOString() : '';
}

export function header({ response }: Failure, name: string): string {
  return String(response?.headers[name] ?? '');
}

const MAX_WORDS = 300;

export function wordsOf({ response, message }: Failure): string {
  const details = (response?.data?.errors ?? []).map((detail) =>
    typeof detail === 'object' && detail !== null && 'message' in detail
      ? String(detail.message)
      : JSON.stringify(detail),
  );
  const words = [response?.data?.message ?? message, ...details].join(': ');
  return words.replaceAll(/\p{Cc}/gu, ' ').slice(0, MAX_WORDS);
}
