import { createRoute } from '@hono/zod-openapi';
import { WorkOrderSchema } from '../../contract/work-order.ts';
import type { App } from '../dependencies.ts';
import { readWorkOrder } from '../reading.ts';
import { IdParams, TAGS, json, problems } from '../responses.ts';
import { workOrderView } from '../views.ts';

const route = createRoute({
  method: 'get',
  path: '/agent-work-orders/{agent_work_order_id}',
  operationId: 'getWorkOrder',
  tags: [TAGS.workOrders],
  summary: 'Show a work order',
  request: { params: IdParams },
  responses: { 200: json('The work order as it is now', WorkOrderSchema), ...problems(404, 503) },
});

export function registerShow(app: App): void {
  app.openapi(route, async (context) => {
    const { store } = context.var.dependencies;
    const workOrder = await readWorkOrder(store, context.req.valid('param').agent_work_order_id);
    return context.json(workOrderView(workOrder, context.var.dependencies), 200);
  });
}
