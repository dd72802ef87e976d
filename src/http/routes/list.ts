import { createRoute, z } from '@hono/zod-openapi';
import { WorkOrderListQuery, WorkOrderSchema } from '../../contract/work-order.ts';
import type { App } from '../dependencies.ts';
import { TAGS, json, problems } from '../responses.ts';
import { workOrderView } from '../views.ts';

const route = createRoute({
  method: 'get',
  path: '/agent-work-orders',
  operationId: 'listWorkOrders',
  tags: [TAGS.workOrders],
  summary: 'List work orders, newest first',
  request: { query: WorkOrderListQuery },
  responses: {
    200: {
      ...json('A page of work orders', z.array(WorkOrderSchema)),
      headers: {
        Link: {
          description: 'With `rel="next"` the path of the next page; absent on the last',
          schema: { type: 'string' },
        },
      },
    },
    ...problems(422, 503),
  },
});

export function registerList(app: App): void {
  app.openapi(route, async (context) => {
    const { store } = context.var.dependencies;
    const { status: statuses, repository_url: repositoryUrl, text, limit, cursor } = context.req.valid('query');
    const { workOrders, nextCursor } = await store.workOrders({
      ...(statuses === undefined ? {} : { statuses }),
      ...(repositoryUrl === undefined ? {} : { repositoryUrl }),
      ...(text === undefined ? {} : { text }),
      limit,
      cursor: cursor ?? null,
    });
    if (nextCursor !== null) {
      const next = new URL(context.req.url).searchParams;
      next.set('cursor', nextCursor);
      context.header('link', `</agent-work-orders?${next.toString()}>; rel="next"`);
    }
    return context.json(workOrders.map(workOrderView), 200);
  });
}
