import type { Answer, FaultKind } from '../fake-forge/faults.ts';
import { RATE_LIMIT_RESET } from '../fake-forge/faults.ts';

export function problem(status: number, message: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    headers,
    body: { message, documentation_url: 'https://docs.github.com/rest', status: String(status) },
  };
}

/** A 422 as GitHub writes it. */
export function invalid(message: string, resource = 'PullRequest'): Answer {
  return {
    status: 422,
    body: {
      message: 'Validation Failed',
      errors: [{ resource, code: 'custom', message }],
      documentation_url: 'https://docs.github.com/rest',
      status: '422',
    },
  };
}

/** The answer that a fault stands for, or null for one that is no answer. */
export function answerOf(kind: FaultKind): Answer | null {
  switch (kind) {
    case 'unauthorized':
      return problem(401, 'Bad credentials');
    case 'scope_missing':
      return problem(403, 'Resource not accessible by personal access token', {
        'x-accepted-oauth-scopes': 'repo',
        'x-oauth-scopes': 'read:user',
      });
    case 'not_found':
      return problem(404, 'Not Found');
    case 'moved':
      return problem(301, 'Moved Permanently', { location: '/api/v3/repos/ada/renamed' });
    case 'conflict':
      return problem(409, 'Git Repository is empty.');
    case 'invalid':
      return invalid('No commits between main and the branch');
    case 'rate_limited': {
      const reset = String(Date.parse(RATE_LIMIT_RESET) / 1000);
      return problem(429, 'API rate limit exceeded', {
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': reset,
        'retry-after': '3600',
      });
    }
    case 'briefly_limited':
      return problem(429, 'API rate limit exceeded', { 'retry-after': '0' });
    case 'bad_gateway':
    case 'answer_lost':
      return problem(502, 'Server Error');
    case 'cut':
    case 'cut_after':
    case 'silent':
      return null;
  }
}
