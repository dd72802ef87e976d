import type { z } from '@hono/zod-openapi';
import { z as zod } from '@hono/zod-openapi';
import { ProblemSchema } from '../contract/problem.ts';
import { RepositoryIdText, WorkOrderIdText } from '../contract/common.ts';

const PROBLEMS = {
  401: 'A token is needed, and the request carries none or a wrong one (`unauthorized`)',
  403: 'The request comes from another origin, or names another host (`origin_refused`, `host_refused`)',
  404: 'No such work order (`work_order_not_found`)',
  409: 'It does not fit the status of the work order (`transition_refused`), or its budget is spent (`budget_exhausted`)',
  413: 'The body is larger than 1 MiB (`request_too_large`)',
  422: 'The request does not fit; every fault is named by its path (`invalid_request` and more)',
  500: 'The service made a mistake (`internal_error`)',
  501: 'No secret is configured for webhooks of this forge (`webhook_not_configured`)',
  503: 'The history cannot be read or written now (`store_unavailable`), or nothing runs here (`read_only`)',
} as const;
type ProblemStatus = keyof typeof PROBLEMS;

/** The error responses of a route: those that every route has, and the named ones. */
export function problems(...more: readonly ProblemStatus[]) {
  const statuses: readonly ProblemStatus[] = [401, 403, ...more, 500];
  return Object.fromEntries(statuses.toSorted((a, b) => a - b).map((status) => [status, problem(PROBLEMS[status])]));
}

/** An error response in words of its own. */
export function problem(description: string) {
  return { description, content: { 'application/problem+json': { schema: ProblemSchema } } };
}

export function json<Schema extends z.ZodType>(description: string, schema: Schema) {
  return { description, content: { 'application/json': { schema } } };
}

/** A JSON body. */
export function body<Schema extends z.ZodType>(schema: Schema) {
  return { required: true, content: { 'application/json': { schema } } };
}

/** A JSON body that may be absent: it is the empty object then. */
export function optionalBody<Schema extends z.ZodType>(schema: Schema) {
  return { content: { 'application/json': { schema } } };
}

/** A text that is not JSON. */
export function text(description: string, mediaType: string, example: string) {
  return { description, content: { [mediaType]: { schema: zod.string().meta({ example }) } } };
}

/** The `{repository_id}` of a path, as the one below. */
export const RepositoryIdParams = zod.object({ repository_id: RepositoryIdText });
export const NO_SUCH_REPOSITORY = problem('No such repository (`repository_not_found`)');

/** The `{agent_work_order_id}` of a path. What cannot be an id is not found, rather than a fault of the request. */
export const IdParams = zod.object({ agent_work_order_id: WorkOrderIdText });

/** The `{agent_work_order_id}` and `{prompt_id}` of a path. */
export const MessageParams = IdParams.extend({
  prompt_id: zod.string().meta({ description: 'The id of the message', example: 'p-4f7k2m9x' }),
});

export const TAGS = {
  workOrders: 'Work orders',
  control: 'Control',
  repositories: 'Repositories',
  history: 'History',
  work: 'The work',
  service: 'The service',
};
