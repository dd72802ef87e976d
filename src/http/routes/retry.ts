import { createRoute } from '@hono/zod-openapi';
import { RetrySchema } from '../../contract/control.ts';
import { WorkOrderSchema } from '../../contract/work-order.ts';
import { changeOf } from '../change.ts';
import type { App } from '../dependencies.ts';
import { idOf, writable } from '../reading.ts';
import { IdParams, TAGS, json, optionalBody, problems } from '../responses.ts';
import { workOrderView } from '../views.ts';

const route = createRoute({
  method: 'post',
  path: '/agent-work-orders/{agent_work_order_id}/retry',
  operationId: 'retryWorkOrder',
  tags: [TAGS.control],
  summary: 'Take a work order up again',
  description:
    'From a step on, with new attempts: what was stays in the history. The working copy is as the steps before it have ' +
    'left it, or with `keep_work` as the attempt has left it that did not succeed. 409 while it runs, for a step before ' +
    'which another one has not succeeded, and where there is no such work.',
  request: { params: IdParams, body: optionalBody(RetrySchema) },
  responses: { 202: json('It is pending', WorkOrderSchema), ...problems(404, 409, 422, 503) },
});

export function registerRetry(app: App): void {
  app.openapi(route, async (context) => {
    const { from_step, keep_work, prompt_text, ...wanted } = context.req.valid('json');
    const workOrder = await writable(context.var.dependencies.workOrders).control({
      workOrderId: idOf(context.req.valid('param').agent_work_order_id),
      action: {
        type: 'retry',
        fromStep: from_step ?? null,
        keepWork: keep_work ?? false,
        change: changeOf(wanted),
        feedback: prompt_text ?? null,
      },
    });
    return context.json(workOrderView(workOrder, context.var.dependencies), 202);
  });
}
