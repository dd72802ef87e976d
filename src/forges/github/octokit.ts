import { Octokit } from '@octokit/core';
import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import { isLoopbackHost } from '../../process/git-environment.ts';

/** A limit that ends sooner is waited for; later ones are told. */
const MAX_LIMIT_WAIT_SECONDS = 60;
const MAX_LIMIT_RETRIES = 2;
const silent = () => undefined;

/** A client of GitHub's API that tries reads again, keeps to the limits and follows no redirect. */
export function makeOctokit(apiUrl: string, times: { readonly timeoutMs: number; readonly pauseMs: number }): Octokit {
  const waitsForLimit = (retryAfter: number, _options: unknown, _octokit: unknown, retryCount: number) =>
    retryAfter <= MAX_LIMIT_WAIT_SECONDS && retryCount < MAX_LIMIT_RETRIES;
  const Client = Octokit.plugin(retry, throttling);
  return new Client({
    baseUrl: apiUrl,
    userAgent: 'agent-work-orders',
    log: { debug: silent, info: silent, warn: silent, error: silent },
    // 409 and 429 are answers; the throttling knows what to do with the second.
    retry: { doNotRetry: [400, 401, 403, 404, 409, 410, 422, 429, 451], retryAfterBaseValue: times.pauseMs },
    throttle: {
      // It spaces writes by seconds, as github.com demands; a server on this machine is not github.com.
      enabled: !isLoopbackHost(new URL(apiUrl).hostname),
      onRateLimit: waitsForLimit,
      onSecondaryRateLimit: waitsForLimit,
    },
    request: {
      // A redirect would take the token along to whatever it names.
      fetch: (url: string, init: RequestInit) =>
        fetch(url, {
          ...init,
          redirect: 'manual',
          signal: AbortSignal.any([
            AbortSignal.timeout(times.timeoutMs),
            ...(init.signal instanceof AbortSignal ? [init.signal] : []),
          ]),
        }),
    },
  });
}
