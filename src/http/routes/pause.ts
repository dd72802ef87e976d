import { createRoute } from '@hono/zod-openapi';
import { WorkOrderSchema } from '../../contract/work-order.ts';
import type { App } from '../dependencies.ts';
import { idOf, writable } from '../reading.ts';
import { IdParams, TAGS, json, problems } from '../responses.ts';
import { workOrderView } from '../views.ts';

const pause = createRoute({
  method: 'post',
  path: '/agent-work-orders/{agent_work_order_id}/pause',
  operationId: 'pauseWorkOrder',
  tags: [TAGS.control],
  summary: 'Pause a work order',
  description: 'A running attempt goes on to its end; then the work order waits until it is resumed.',
  request: { params: IdParams },
  responses: { 202: json('The wish is saved', WorkOrderSchema), ...problems(404, 409, 503) },
});

const resume = createRoute({
  method: 'post',
  path: '/agent-work-orders/{agent_work_order_id}/resume',
  operationId: 'resumeWorkOrder',
  tags: [TAGS.control],
  summary: 'Let a work order go on',
  description: 'One that is paused, or waits for a limit, a forge or the disk. 409 for one that waits for an approval.',
  request: { params: IdParams },
  responses: { 202: json('It goes on', WorkOrderSchema), ...problems(404, 409, 503) },
});

export function registerPause(app: App): void {
  for (const [route, type] of [[pause, 'pause'] as const, [resume, 'resume'] as const]) {
    app.openapi(route, async (context) => {
      const workOrder = await writable(context.var.dependencies.workOrders).control({
        workOrderId: idOf(context.req.valid('param').agent_work_order_id),
        action: { type },
      });
      return context.json(workOrderView(workOrder, context.var.dependencies), 202);
    });
  }
}
