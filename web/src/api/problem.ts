import type { Problem } from '../../../src/contract/problem.ts';

/** The service has refused a request, or could not answer it; `code` is stable, as in docs/errors.md. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }

  get code(): string {
    return this.problem.code;
  }
}

/** The problem that a response tells, whatever a proxy on the way has made of it. */
export async function problemOf(response: Response): Promise<ProblemError> {
  if (response.headers.get('content-type')?.startsWith('application/problem+json')) {
    return new ProblemError(await response.json());
  }
  return new ProblemError({
    type: 'about:blank',
    title: 'An answer that is not from the service',
    status: response.status,
    detail: `Something between this page and the service answered with status ${response.status}.`,
    code: 'service_unreachable',
    next_step: 'Look at the proxy in front of the service, and try again.',
  });
}

/** No answer came at all. */
export function unreachable(): ProblemError {
  return new ProblemError({
    type: 'about:blank',
    title: 'The service does not answer',
    status: 503,
    detail: 'The service could not be reached.',
    code: 'service_unreachable',
    next_step: 'Look whether "awo serve" still runs; this page tries again by itself.',
  });
}
