import { createRoute } from '@hono/zod-openapi';
import { PlanQuery } from '../../contract/git.ts';
import { WorkOrderError } from '../../domain/errors.ts';
import type { App } from '../dependencies.ts';
import { readWorkOrder } from '../reading.ts';
import { IdParams, TAGS, problems, text } from '../responses.ts';

const route = createRoute({
  method: 'get',
  path: '/agent-work-orders/{agent_work_order_id}/plan',
  operationId: 'getPlan',
  tags: [TAGS.work],
  summary: 'The plan as Markdown',
  description: '404 with `plan_not_found` before the plan exists.',
  request: { params: IdParams, query: PlanQuery },
  responses: {
    200: {
      ...text('The plan', 'text/markdown', '# Dark mode\n\n## Steps\n…\n'),
      headers: {
        'X-Plan-Version': { description: 'From 1', schema: { type: 'integer' } },
        'X-Plan-Path': { description: 'Where it is in the repository, percent-encoded', schema: { type: 'string' } },
      },
    },
    ...problems(404, 422, 503),
  },
});

export function registerPlan(app: App): void {
  app.openapi(route, async (context) => {
    const { store } = context.var.dependencies;
    const { version } = context.req.valid('query');
    const { agent_work_order_id: id } = await readWorkOrder(store, context.req.valid('param').agent_work_order_id);
    const plan = await store.plan({ workOrderId: id, version: version ?? null });
    if (!plan) {
      const which = version === undefined ? 'A plan' : `Version ${version} of the plan`;
      throw new WorkOrderError('plan_not_found', `${which} of work order ${id} was not found.`);
    }
    context.header('content-type', 'text/markdown; charset=utf-8');
    context.header('x-plan-version', String(plan.version));
    context.header('x-plan-path', encodeURI(plan.path));
    return context.body(plan.markdown, 200);
  });
}
