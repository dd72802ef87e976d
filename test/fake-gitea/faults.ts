import type { Answer, FaultKind } from '../fake-forge/faults.ts';
import { RATE_LIMIT_RESET } from '../fake-forge/faults.ts';

/** A refusal as Gitea writes it. */
export function refusal(status: number, message: string): Answer {
  return { status, body: { message, url: 'https://gitea.example/api/swagger' } };
}

export function problem(status: 401 | 403 | 404): Answer {
  const message = {
    401: 'user does not exist [uid: 0, name: ]',
    403: 'user should have a permission to write to a repo',
    404: "The target couldn't be found.",
  }[status];
  return refusal(status, message);
}

/** The answer that a fault stands for, or null for one that is no answer. */
export function answerOf(kind: FaultKind): Answer | null {
  switch (kind) {
    case 'unauthorized':
      return refusal(401, 'user does not exist [uid: 0, name: ]');
    case 'scope_missing':
      return refusal(403, 'token does not have at least one of required scope(s): [write:issue]');
    case 'not_found':
      return problem(404);
    case 'moved':
      return { status: 301, headers: { location: '/api/v1/repos/ada/renamed' }, body: 'Moved' };
    case 'conflict':
      return refusal(409, 'the branch is locked');
    case 'invalid':
      return refusal(422, '[Title]: MaxSize');
    case 'rate_limited':
      // Gitea has no limits; the proxy before it may, and says when it ends as a date.
      return { status: 429, headers: { 'retry-after': new Date(RATE_LIMIT_RESET).toUTCString() }, body: 'Slow down' };
    case 'briefly_limited':
      return { status: 429, headers: { 'retry-after': '0' }, body: 'Slow down' };
    case 'bad_gateway':
    case 'answer_lost':
      return { status: 502, body: '<html>Bad Gateway</html>' };
    case 'cut':
    case 'cut_after':
    case 'silent':
      return null;
  }
}
