import { createRoute } from '@hono/zod-openapi';
import { EventsQuery } from '../../contract/events.ts';
import { WorkOrderError } from '../../domain/errors.ts';
import type { App } from '../dependencies.ts';
import { eventFeed } from '../feeds.ts';
import { eventStreamEnd, readWorkOrder } from '../reading.ts';
import { IdParams, TAGS, problem, problems } from '../responses.ts';
import { sendFeed } from '../web-socket.ts';

const route = createRoute({
  method: 'get',
  path: '/agent-work-orders/{agent_work_order_id}/ws',
  operationId: 'followEvents',
  tags: [TAGS.history],
  summary: 'The events, over a WebSocket',
  description:
    'For clients that prefer it to server-sent events: each message is the JSON of one event, with the same replay. ' +
    'Everything from the beginning (or after `after`), then live; it is closed with 1000 after the latest terminal event, ' +
    'and with 1001 when the service ends. It takes no messages.',
  request: { params: IdParams, query: EventsQuery.pick({ after: true }) },
  responses: {
    101: { description: 'The connection is a WebSocket from now on' },
    426: problem('The request does not ask for a WebSocket (`upgrade_required`)'),
    ...problems(404, 422, 503),
  },
});

export function registerWebSocket(app: App): void {
  app.openapi(route, async (context) => {
    const { store, clock, log } = context.var.dependencies;
    const { after } = context.req.valid('query');
    const workOrder = await readWorkOrder(store, context.req.valid('param').agent_work_order_id);
    const workOrderId = workOrder.agent_work_order_id;
    const isOver = await eventStreamEnd(store, workOrder, { after, path: 'after' });
    const { acceptWebSocket, closing } = context.env ?? {};
    if (!acceptWebSocket)
      throw new WorkOrderError('upgrade_required', 'This route is a WebSocket: ask for an upgrade.');
    acceptWebSocket((socket) => {
      const feed = isOver ? NOTHING : eventFeed({ store, workOrderId, after });
      void sendFeed(socket, feed, {
        clock,
        closing,
        onReadFailed: (err) => log.warn('event_stream_stalled', { agent_work_order_id: workOrderId, err }),
      });
    });
    return new Response(null);
  });
}

/** Of a work order of which the reader has all. */
const NOTHING = { read: () => Promise.resolve(null), subscribe: () => () => undefined };
