import { createRoute } from '@hono/zod-openapi';
import { UsualDurationsSchema } from '../../contract/usual-durations.ts';
import { usualDurations } from '../../domain/usual-duration.ts';
import type { App } from '../dependencies.ts';
import { readWorkOrder } from '../reading.ts';
import { IdParams, TAGS, json, problems } from '../responses.ts';

const route = createRoute({
  method: 'get',
  path: '/agent-work-orders/{agent_work_order_id}/usual-durations',
  operationId: 'getUsualDurations',
  tags: [TAGS.history],
  summary: 'How long its steps usually take',
  description:
    'From successful attempts of other work orders with the same agent: the latest of the same repository, else of all. ' +
    'What they cost to read does not grow with the history.',
  request: { params: IdParams },
  responses: { 200: json('By step', UsualDurationsSchema), ...problems(404, 503) },
});

export function registerUsualDurations(app: App): void {
  app.openapi(route, async (context) => {
    const { store } = context.var.dependencies;
    const workOrder = await readWorkOrder(store, context.req.valid('param').agent_work_order_id);
    const { agent_work_order_id, agent, repository_url: repositoryUrl } = workOrder;
    const [repository, everywhere] = await Promise.all([
      store.stepDurations({ agent, repositoryUrl, besides: agent_work_order_id }),
      store.stepDurations({ agent, repositoryUrl: null, besides: agent_work_order_id }),
    ]);
    return context.json({ agent_work_order_id, usual_durations: usualDurations(repository, everywhere) }, 200);
  });
}
