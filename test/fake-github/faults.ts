/** What goes wrong with a request: the answer, or how there is none. */
export type FaultKind =
  | 'unauthorized'
  | 'scope_missing'
  | 'not_found'
  /** The repository has another name now. */
  | 'moved'
  | 'conflict'
  | 'invalid'
  | 'rate_limited'
  | 'bad_gateway'
  /** The request is carried out, and its answer is a 502. */
  | 'answer_lost'
  /** The connection ends before anything is done. */
  | 'cut'
  /** The request is carried out, and the connection ends instead of an answer. */
  | 'cut_after'
  /** There is no answer, ever. */
  | 'silent';

export interface Fault {
  /** The id of an operation in GitHub's description, or `git`. */
  readonly at: string;
  readonly kind: FaultKind;
  /** How often; for ever without it. */
  readonly times?: number;
}

/** An answer of the API, before it is checked. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** When the rate limit of the fake ends: long after any test. */
export const RATE_LIMIT_RESET = '2040-01-01T00:00:00.000Z';

/** The faults that are to come, taken in their order. */
export class Faults {
  #planned: { at: string; kind: FaultKind; left: number }[] = [];

  plan({ at, kind, times = Number.POSITIVE_INFINITY }: Fault): void {
    this.#planned.push({ at, kind, left: times });
  }

  clear(): void {
    this.#planned = [];
  }

  take(at: string): FaultKind | null {
    const next = this.#planned.find((fault) => fault.at === at && fault.left > 0);
    if (!next) return null;
    next.left -= 1;
    return next.kind;
  }
}

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
    case 'bad_gateway':
    case 'answer_lost':
      return problem(502, 'Server Error');
    case 'cut':
    case 'cut_after':
    case 'silent':
      return null;
  }
}
