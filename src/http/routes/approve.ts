import { createRoute } from '@hono/zod-openapi';
import { ApproveSchema } from '../../contract/control.ts';
import { WorkOrderSchema } from '../../contract/work-order.ts';
import type { App } from '../dependencies.ts';
import { idOf, writable } from '../reading.ts';
import { IdParams, TAGS, json, optionalBody, problems } from '../responses.ts';
import { workOrderView } from '../views.ts';

const route = createRoute({
  method: 'post',
  path: '/agent-work-orders/{agent_work_order_id}/approve',
  operationId: 'approveWorkOrder',
  tags: [TAGS.control],
  summary: 'Approve what a work order waits with',
  description: '409 when it waits for no approval.',
  request: { params: IdParams, body: optionalBody(ApproveSchema) },
  responses: { 202: json('It is pending', WorkOrderSchema), ...problems(404, 409, 422, 503) },
});

export function registerApprove(app: App): void {
  app.openapi(route, async (context) => {
    const { comment } = context.req.valid('json');
    const workOrder = await writable(context.var.dependencies.workOrders).control({
      workOrderId: idOf(context.req.valid('param').agent_work_order_id),
      action: { type: 'approve', comment: comment ?? null },
    });
    return context.json(workOrderView(workOrder, context.var.dependencies), 202);
  });
}
