import { createRoute } from '@hono/zod-openapi';
import { DiagnosisSchema } from '../../contract/diagnosis.ts';
import { diagnosisOf } from '../../engine/diagnosis.ts';
import type { App } from '../dependencies.ts';
import { idOf, notFound } from '../reading.ts';
import { IdParams, TAGS, json, problems } from '../responses.ts';

const route = createRoute({
  method: 'get',
  path: '/agent-work-orders/{agent_work_order_id}/diagnosis',
  operationId: 'getDiagnosis',
  tags: [TAGS.history],
  summary: 'What happened, why, by which evidence, and what to do',
  description: 'From the facts of the history and the log; no model is asked.',
  request: { params: IdParams },
  responses: { 200: json('The diagnosis', DiagnosisSchema), ...problems(404, 503) },
});

export function registerDiagnosis(app: App): void {
  app.openapi(route, async (context) => {
    const { workOrders } = context.var.dependencies;
    const workOrderId = idOf(context.req.valid('param').agent_work_order_id);
    const live = workOrders?.live({ workOrderId }) ?? null;
    const found = await diagnosisOf(context.var.dependencies, { workOrderId, live });
    if (!found) throw notFound(workOrderId);
    const { status } = found.workOrder;
    return context.json({ agent_work_order_id: workOrderId, status, ...found.diagnosis }, 200);
  });
}
