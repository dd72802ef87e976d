import { createRoute } from '@hono/zod-openapi';
import { LogEntryParams, LogEntrySchema } from '../../contract/logs.ts';
import { WorkOrderError } from '../../domain/errors.ts';
import type { App } from '../dependencies.ts';
import { readWorkOrder } from '../reading.ts';
import { IdParams, TAGS, json, problem, problems } from '../responses.ts';

const route = createRoute({
  method: 'get',
  path: '/agent-work-orders/{agent_work_order_id}/logs/{seq}',
  operationId: 'getLogEntry',
  tags: [TAGS.history],
  summary: 'One log entry, whole',
  request: { params: IdParams.extend(LogEntryParams) },
  responses: {
    200: json('The entry', LogEntrySchema),
    ...problems(422, 503),
    404: problem('No such work order or entry (`work_order_not_found`, `log_entry_not_found`)'),
  },
});

export function registerLogEntry(app: App): void {
  app.openapi(route, async (context) => {
    const { store } = context.var.dependencies;
    const { agent_work_order_id, seq } = context.req.valid('param');
    const { agent_work_order_id: workOrderId } = await readWorkOrder(store, agent_work_order_id);
    const [entry] = await store.log({ workOrderId, after: seq - 1, limit: 1, maxBytes: 1, filter: {} });
    if (entry?.seq !== seq) {
      throw new WorkOrderError('log_entry_not_found', `Work order ${workOrderId} has no log entry ${seq}.`);
    }
    return context.json(entry, 200);
  });
}
