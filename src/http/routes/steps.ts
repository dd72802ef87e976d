import { createHash } from 'node:crypto';
import { createRoute, z } from '@hono/zod-openapi';
import { StepsSchema } from '../../contract/steps.ts';
import type { App } from '../dependencies.ts';
import { idOf, notFound } from '../reading.ts';
import { IdParams, TAGS, json, problems } from '../responses.ts';
import { stepsView } from '../steps-view.ts';

const route = createRoute({
  method: 'get',
  path: '/agent-work-orders/{agent_work_order_id}/steps',
  operationId: 'getSteps',
  tags: [TAGS.history],
  summary: 'The step history',
  description: 'Every ended attempt, and the one that runs now with what it is doing. Safe to poll: use the ETag.',
  request: {
    params: IdParams,
    headers: z.object({
      'if-none-match': z.string().optional().meta({ description: 'The ETag of an earlier answer' }),
    }),
  },
  responses: {
    200: {
      ...json('The step history of this moment', StepsSchema),
      headers: { ETag: { description: 'Changes with the answer, the activity included', schema: { type: 'string' } } },
    },
    304: { description: 'Nothing has changed since the ETag' },
    ...problems(404, 503),
  },
});

export function registerSteps(app: App): void {
  app.openapi(route, async (context) => {
    const { store, workOrders } = context.var.dependencies;
    const workOrderId = idOf(context.req.valid('param').agent_work_order_id);
    const unsaved = workOrders?.live({ workOrderId })?.unsaved ?? [];
    const history = await store.stepHistory({ workOrderId });
    if (!history) throw notFound(workOrderId);
    const view = stepsView({ ...history, unsaved, live: workOrders?.live({ workOrderId }) ?? null });

    const etag = `W/"${createHash('sha256').update(JSON.stringify(view)).digest('base64url').slice(0, 27)}"`;
    context.header('etag', etag);
    context.header('cache-control', 'no-cache');
    if (matches(context.req.valid('header')['if-none-match'], etag)) return context.body(null, 304);
    return context.json(view, 200);
  });
}

/** Weak comparison, as `If-None-Match` wants. */
function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  const opaque = (tag: string) => tag.trim().replace(/^W\//, '');
  return ifNoneMatch.split(',').some((tag) => opaque(tag) === opaque(etag));
}
