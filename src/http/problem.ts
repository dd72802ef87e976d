import { HTTPException } from 'hono/http-exception';
import type { z } from 'zod';
import type { Problem } from '../contract/problem.ts';
import type { Fault } from '../domain/errors.ts';
import { WorkOrderError } from '../domain/errors.ts';
import { invalidRequest } from '../domain/invalid-request.ts';
import type { Redactor } from '../domain/redact.ts';
import type { Log } from '../ports/telemetry.ts';

/**
 * Any error as the response for it. What is not one of our own errors with an HTTP status is a mistake of ours: the
 * reader is told that and nothing of its inside, the log gets it whole.
 */
export function problemResponse(
  error: unknown,
  { log, redactor, method, path }: { log: Log; redactor: Redactor; method: string; path: string },
) {
  const known = knownError(error);
  const shown = known ?? new WorkOrderError('internal_error', 'The service made a mistake; its log says which.');
  const problem = problemOf(shown);
  if (!known) log.error('request_failed', { method, path, err: error });
  else if (problem.status >= 500) log.warn('request_refused', { method, path, code: known.code, err: known });
  return problemJson(problem, redactor, shown.code === 'unauthorized' ? { 'www-authenticate': 'Bearer' } : {});
}

/** The answer for a path that does not exist, or that exists with other methods (405). */
export function unknownRouteResponse(
  method: string,
  path: string,
  { allowed, redactor }: { readonly allowed: readonly string[]; readonly redactor: Redactor },
): Response {
  if (allowed.length === 0) {
    return problemJson(problemOf(new WorkOrderError('route_not_found', `There is no route ${path}.`)), redactor);
  }
  const detail = `${method} is not possible on ${path}; possible: ${allowed.join(', ')}.`;
  return problemJson(problemOf(new WorkOrderError('method_not_allowed', detail)), redactor, {
    allow: allowed.join(', '),
  });
}

/** Every fault of a value that does not fit its schema; `where` names a fault that has no path of its own. */
export function faultsOf(error: z.core.$ZodError, where: string): readonly Fault[] {
  return error.issues.map(({ path, message }) => ({
    path: path.length > 0 ? path.join('.') : where,
    message: message.endsWith('received undefined') ? 'It is missing.' : message,
  }));
}

function knownError(error: unknown): WorkOrderError | null {
  if (error instanceof WorkOrderError) return error.definition.httpStatus === undefined ? null : error;
  if (!(error instanceof HTTPException)) return null;
  // The two that hono's validation of a body throws by itself.
  if (error.status === 400) return invalidRequest([{ path: 'body', message: 'It is not JSON.' }]);
  if (error.status === 415) return invalidRequest([{ path: 'content-type', message: 'It must be application/json.' }]);
  return null;
}

function problemOf(error: WorkOrderError): Problem {
  const { title, nextStep, httpStatus } = error.definition;
  return {
    type: 'about:blank',
    title,
    status: httpStatus ?? 500,
    detail: error.message,
    code: error.code,
    next_step: nextStep,
    ...(error.faults.length > 0 ? { errors: error.faults } : {}),
  };
}

function problemJson(problem: Problem, redactor: Redactor, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(redactor.text(JSON.stringify(problem)), {
    status: problem.status,
    headers: { ...headers, 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
  });
}
