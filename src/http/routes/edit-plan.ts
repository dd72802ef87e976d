import { createRoute } from '@hono/zod-openapi';
import { EditPlanSchema } from '../../contract/control.ts';
import { WorkOrderSchema } from '../../contract/work-order.ts';
import type { App } from '../dependencies.ts';
import { idOf, writable } from '../reading.ts';
import { IdParams, TAGS, body, json, problems } from '../responses.ts';
import { workOrderView } from '../views.ts';

const route = createRoute({
  method: 'put',
  path: '/agent-work-orders/{agent_work_order_id}/plan',
  operationId: 'editPlan',
  tags: [TAGS.control],
  summary: 'Write a new version of the plan',
  description:
    'While the work order waits for an approval. The earlier versions stay; approve it to go on with this one.',
  request: { params: IdParams, body: body(EditPlanSchema) },
  responses: { 200: json('The new version is saved', WorkOrderSchema), ...problems(404, 409, 413, 422, 503) },
});

export function registerEditPlan(app: App): void {
  app.openapi(route, async (context) => {
    const { markdown, version } = context.req.valid('json');
    const workOrder = await writable(context.var.dependencies.workOrders).control({
      workOrderId: idOf(context.req.valid('param').agent_work_order_id),
      action: { type: 'edit_plan', markdown, version: version ?? null },
    });
    return context.json(workOrderView(workOrder, context.var.dependencies), 200);
  });
}
