import { WorkOrderError } from '../../domain/errors.ts';
import type { GithubApp } from '../known-hosts.ts';
import { header, limitEnd, outage, wordsOf } from './failure.ts';
import type { Failure } from './schema.ts';
import { failureSchema } from './schema.ts';

/** A difference of the clocks that GitHub does not forgive. */
const CLOCK_SECONDS = 30;

/** Why GitHub gives an app no token, in words of what a person can do; what octokit threw is the cause. */
export function appFailure(
  error: unknown,
  { app, host, nowMs }: { readonly app: GithubApp; readonly host: string; readonly nowMs: number },
): unknown {
  const { data: failure } = failureSchema.safeParse(error);
  if (!failure) return error;
  const away = outage(failure, host);
  if (away !== null) {
    const options = { cause: error, retryAt: limitEnd(failure) || null };
    return new WorkOrderError('forge_unavailable', `No token for GitHub App ${app.id}: ${away}`, options);
  }
  const message = `${host} gives GitHub App ${app.id} no token: ${reasonOf(failure, app, nowMs)}`;
  return new WorkOrderError('forge_app_refused', message, { cause: error });
}

function reasonOf(failure: Failure, app: GithubApp, nowMs: number): string {
  const words = wordsOf(failure);
  const skew = skewSeconds(failure, nowMs);
  switch (failure.status) {
    case 401:
      if (Math.abs(skew) > CLOCK_SECONDS) {
        const way = skew > 0 ? 'ahead' : 'behind';
        return `the clock of this machine is ${Math.abs(skew)} s ${way}; set it right (${words}).`;
      }
      return `the key ${app.privateKeyFile} is not one of this app, or ${app.id} is not its id (${words}).`;
    case 403:
      return `${words}. Its owner can lift a suspension on the page of the installation.`;
    case 404:
      return app.installationId === null
        ? `it does not know the app (${words}).`
        : `the app has no installation ${app.installationId} (${words}); take installationId away, and it is looked for.`;
    default:
      return `${words} (${failure.status}).`;
  }
}

/** By how much the clock of this machine is ahead of the server's; 0 where that one does not tell the time. */
function skewSeconds(failure: Failure, nowMs: number): number {
  const theirs = Date.parse(header(failure, 'date'));
  return Number.isNaN(theirs) ? 0 : Math.round((nowMs - theirs) / 1000);
}
