import { createRoute } from '@hono/zod-openapi';
import { ForkSchema } from '../../contract/control.ts';
import { ACCEPTED, IdempotencyHeaders, accepted } from '../accepted.ts';
import { changeOf } from '../change.ts';
import type { App } from '../dependencies.ts';
import { idOf, writable } from '../reading.ts';
import { IdParams, TAGS, body, problems } from '../responses.ts';

const route = createRoute({
  method: 'post',
  path: '/agent-work-orders/{agent_work_order_id}/fork',
  operationId: 'forkWorkOrder',
  tags: [TAGS.control],
  summary: 'Make a new work order that goes on from the end of a step',
  description:
    'Its working copy is as it was then, untracked files included; this work order is left alone, also while it runs. A ' +
    'branch, a commit and a pull request are never inherited: the fork makes its own. 409 for a step that has not succeeded.',
  request: { params: IdParams, headers: IdempotencyHeaders, body: body(ForkSchema) },
  responses: { 201: ACCEPTED, ...problems(404, 409, 422, 503) },
});

export function registerFork(app: App): void {
  app.openapi(route, async (context) => {
    const { from_step: fromStep, prompt_text, ...wanted } = context.req.valid('json');
    const workOrderId = idOf(context.req.valid('param').agent_work_order_id);
    const answer = await writable(context.var.dependencies.workOrders).fork({
      wish: { workOrderId, fromStep, change: changeOf(wanted), text: prompt_text ?? null },
      idempotencyKey: context.req.valid('header')['idempotency-key'] ?? null,
    });
    return context.json(accepted(context, answer), 201);
  });
}
