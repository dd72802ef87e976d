import { createRoute } from '@hono/zod-openapi';
import { RejectSchema } from '../../contract/control.ts';
import { WorkOrderSchema } from '../../contract/work-order.ts';
import type { App } from '../dependencies.ts';
import { idOf, writable } from '../reading.ts';
import { IdParams, TAGS, body, json, problems } from '../responses.ts';
import { workOrderView } from '../views.ts';

const route = createRoute({
  method: 'post',
  path: '/agent-work-orders/{agent_work_order_id}/reject',
  operationId: 'rejectWorkOrder',
  tags: [TAGS.control],
  summary: 'Reject what a work order waits with',
  description:
    'It goes back to the planner, or to the implementor once there is work, as a new attempt that is told the reason.',
  request: { params: IdParams, body: body(RejectSchema) },
  responses: { 202: json('It is pending', WorkOrderSchema), ...problems(404, 409, 422, 503) },
});

export function registerReject(app: App): void {
  app.openapi(route, async (context) => {
    const { reason } = context.req.valid('json');
    const workOrder = await writable(context.var.dependencies.workOrders).control({
      workOrderId: idOf(context.req.valid('param').agent_work_order_id),
      action: { type: 'reject', reason },
    });
    return context.json(workOrderView(workOrder, context.var.dependencies), 202);
  });
}
