import { createRoute } from '@hono/zod-openapi';
import { ChangeBudgetSchema } from '../../contract/budget.ts';
import { WorkOrderSchema } from '../../contract/work-order.ts';
import { invalidRequest } from '../../domain/invalid-request.ts';
import type { App } from '../dependencies.ts';
import { idOf, writable } from '../reading.ts';
import { IdParams, TAGS, body, json, problems } from '../responses.ts';
import { workOrderView } from '../views.ts';

const route = createRoute({
  method: 'post',
  path: '/agent-work-orders/{agent_work_order_id}/budget',
  operationId: 'changeBudget',
  tags: [TAGS.control],
  summary: 'Change what a work order may spend',
  description:
    'New limits, or leave to go on although the budget of a day is spent; for good, or until a time. A running agent is ' +
    'held by the new limits at once. One that waits for the next day goes on; one that has failed needs a retry.',
  request: { params: IdParams, body: body(ChangeBudgetSchema) },
  responses: { 200: json('The work order as it is now', WorkOrderSchema), ...problems(404, 409, 422, 503) },
});

export function registerChangeBudget(app: App): void {
  app.openapi(route, async (context) => {
    const { dependencies } = context.var;
    const { budget, beyond_daily = null, by, until = null, reason = null } = context.req.valid('json');
    if (until !== null && until <= dependencies.clock.now().toISOString())
      throw invalidRequest([{ path: 'until', message: 'This time has passed already.' }]);
    const workOrder = await writable(dependencies.workOrders).control({
      workOrderId: idOf(context.req.valid('param').agent_work_order_id),
      action: { type: 'change_budget', limits: given(budget ?? {}), beyond_daily, by: by ?? 'api', until, reason },
    });
    return context.json(workOrderView(workOrder, dependencies), 200);
  });
}

/** Without what is absent, which stays as it is. */
function given<Limits extends object>(limits: Limits): { [Name in keyof Limits]: Exclude<Limits[Name], undefined> } {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `fromEntries` forgets the names
  return Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== undefined)) as never;
}
