import type { Answer, FaultKind } from '../fake-forge/faults.ts';
import { RATE_LIMIT_RESET } from '../fake-forge/faults.ts';

export function notFound(message: string): Answer {
  return { status: 404, body: { message } };
}

export function conflict(message: string): Answer {
  return { status: 409, body: { message: [message] } };
}

/** A refusal as GitLab writes it. */
export function problem(status: 401 | 403 | 404): Answer {
  const message = { 401: '401 Unauthorized', 403: '403 Forbidden', 404: '404 Project Not Found' }[status];
  return { status, body: { message } };
}

/** The answer that a fault stands for, or null for one that is no answer. */
export function answerOf(kind: FaultKind): Answer | null {
  switch (kind) {
    case 'unauthorized':
      return problem(401);
    case 'scope_missing':
      return {
        status: 403,
        body: {
          error: 'insufficient_scope',
          error_description: 'The request requires higher privileges than provided by the access token.',
          scope: 'api read_api',
        },
      };
    case 'not_found':
      return problem(404);
    case 'moved':
      return { status: 301, headers: { location: '/api/v4/projects/9' }, body: 'Moved' };
    case 'conflict':
      return conflict('The branch is locked');
    case 'invalid':
      return { status: 422, body: { message: { title: ['is too long'] } } };
    case 'rate_limited':
      return {
        status: 429,
        headers: {
          'retry-after': '3600',
          'ratelimit-remaining': '0',
          'ratelimit-reset': String(Date.parse(RATE_LIMIT_RESET) / 1000),
        },
        body: 'Retry later\n',
      };
    case 'briefly_limited':
      return { status: 429, headers: { 'retry-after': '0' }, body: 'Retry later\n' };
    case 'bad_gateway':
    case 'answer_lost':
      return { status: 502, body: '<html>GitLab is not responding</html>' };
    case 'cut':
    case 'cut_after':
    case 'silent':
      return null;
  }
}
