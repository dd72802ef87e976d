import { expect } from 'vitest';
import { ProblemSchema } from '../../src/contract/problem.ts';

/** The problem that a response is, and nothing else. */
export async function problemIn(response: Response) {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const problem = ProblemSchema.strict().parse(await response.json());
  expect(problem.status).toBe(response.status);
  return problem;
}
