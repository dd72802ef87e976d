import { createRoute } from '@hono/zod-openapi';
import { LogPageQuery, LogPageSchema } from '../../contract/logs.ts';
import type { App } from '../dependencies.ts';
import { logFilter } from '../log-filter.ts';
import { previewOf } from '../log-preview.ts';
import { readWorkOrder } from '../reading.ts';
import { IdParams, TAGS, json, problems } from '../responses.ts';

const route = createRoute({
  method: 'get',
  path: '/agent-work-orders/{agent_work_order_id}/logs',
  operationId: 'getLogs',
  tags: [TAGS.history],
  summary: 'The log, as a page',
  request: { params: IdParams, query: LogPageQuery },
  responses: { 200: json('A page of log entries, oldest first', LogPageSchema), ...problems(404, 422, 503) },
});

export function registerLogs(app: App): void {
  app.openapi(route, async (context) => {
    const { store } = context.var.dependencies;
    const { limit, offset, max_length: maxLength, ...filter } = context.req.valid('query');
    const { agent_work_order_id } = await readWorkOrder(store, context.req.valid('param').agent_work_order_id);
    const { entries, total } = await store.logPage({
      workOrderId: agent_work_order_id,
      offset,
      limit,
      filter: logFilter(filter),
    });
    const log_entries = entries.map((entry) => previewOf(entry, maxLength));
    return context.json({ agent_work_order_id, log_entries, total, limit, offset }, 200);
  });
}
