import { createRoute } from '@hono/zod-openapi';
import { LastEventIdHeader } from '../../contract/events.ts';
import { LogStreamQuery } from '../../contract/logs.ts';
import { isTerminal } from '../../domain/work-order.ts';
import type { App } from '../dependencies.ts';
import { logFeed } from '../feeds.ts';
import { logFilter } from '../log-filter.ts';
import { cursorOf, expectStreamReader, readWorkOrder, streamIsOver } from '../reading.ts';
import { IdParams, TAGS, problems, text } from '../responses.ts';
import { sseResponse } from '../sse.ts';

const route = createRoute({
  method: 'get',
  path: '/agent-work-orders/{agent_work_order_id}/logs/stream',
  operationId: 'streamLogs',
  tags: [TAGS.history],
  summary: 'The log, as a stream',
  description: 'From the beginning (or after `Last-Event-ID`), then live. It ends when the work order has ended.',
  request: { params: IdParams, query: LogStreamQuery, headers: LastEventIdHeader },
  responses: {
    200: text(
      'The stream of log entries',
      'text/event-stream',
      'id: 17\ndata: {"seq":17,"level":"info","event":"tool_call","message":"editing src/theme.ts", …}\n\n',
    ),
    204: { description: 'The stream is over: the reader has all of it. Do not reconnect' },
    ...problems(404, 422, 503),
  },
});

export function registerLogsStream(app: App): void {
  app.openapi(route, async (context) => {
    const { store, clock, log } = context.var.dependencies;
    expectStreamReader(context.req.header('accept'));
    const query = context.req.valid('query');
    const after = cursorOf(context.req.valid('header'), query);
    const filter = logFilter(query);
    const workOrder = await readWorkOrder(store, context.req.valid('param').agent_work_order_id);
    const workOrderId = workOrder.agent_work_order_id;
    if (isTerminal(workOrder.status)) {
      const next = await store.log({ workOrderId, after, limit: 1, maxBytes: 1, filter });
      if (next.length === 0) return streamIsOver();
    }
    return sseResponse(logFeed({ store, workOrderId, after, filter, maxLength: query.max_length }), {
      clock,
      closing: context.env?.closing,
      onReadFailed: (err) => log.warn('log_stream_stalled', { agent_work_order_id: workOrderId, err }),
    });
  });
}
