import { createRoute } from '@hono/zod-openapi';
import { RewindSchema } from '../../contract/control.ts';
import { WorkOrderSchema } from '../../contract/work-order.ts';
import { changeOf } from '../change.ts';
import type { App } from '../dependencies.ts';
import { idOf, writable } from '../reading.ts';
import { IdParams, TAGS, body, json, problems } from '../responses.ts';
import { workOrderView } from '../views.ts';

const route = createRoute({
  method: 'post',
  path: '/agent-work-orders/{agent_work_order_id}/rewind',
  operationId: 'rewindWorkOrder',
  tags: [TAGS.control],
  summary: 'Take a work order back to the end of a step',
  description:
    'The working copy is as it was then, untracked files included, and the next step begins with it. Nothing is ' +
    'rewritten: the history goes on with an event `rewound` and new attempts.',
  request: { params: IdParams, body: body(RewindSchema) },
  responses: { 202: json('It is pending', WorkOrderSchema), ...problems(404, 409, 422, 503) },
});

export function registerRewind(app: App): void {
  app.openapi(route, async (context) => {
    const { to_step: toStep, prompt_text, ...wanted } = context.req.valid('json');
    const workOrder = await writable(context.var.dependencies.workOrders).control({
      workOrderId: idOf(context.req.valid('param').agent_work_order_id),
      action: { type: 'rewind', toStep, change: changeOf(wanted), feedback: prompt_text ?? null },
    });
    return context.json(workOrderView(workOrder, context.var.dependencies), 202);
  });
}
