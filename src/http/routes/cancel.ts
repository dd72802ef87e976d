import { createRoute } from '@hono/zod-openapi';
import { WorkOrderSchema } from '../../contract/work-order.ts';
import type { App } from '../dependencies.ts';
import { idOf, writable } from '../reading.ts';
import { IdParams, TAGS, json, problems } from '../responses.ts';
import { workOrderView } from '../views.ts';

const route = createRoute({
  method: 'post',
  path: '/agent-work-orders/{agent_work_order_id}/cancel',
  operationId: 'cancelWorkOrder',
  tags: [TAGS.workOrders],
  summary: 'Cancel a work order',
  description: 'Answers when the wish is saved. The end follows as events, once the agent is confirmed dead.',
  request: { params: IdParams },
  responses: { 202: json('The wish is saved', WorkOrderSchema), ...problems(404, 409, 503) },
});

export function registerCancel(app: App): void {
  app.openapi(route, async (context) => {
    const { workOrders } = context.var.dependencies;
    const workOrderId = idOf(context.req.valid('param').agent_work_order_id);
    const workOrder = await writable(workOrders).cancel({ workOrderId });
    return context.json(workOrderView(workOrder, context.var.dependencies), 202);
  });
}
