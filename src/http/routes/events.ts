import { createRoute } from '@hono/zod-openapi';
import { EventsPageSchema, EventsQuery, LastEventIdHeader } from '../../contract/events.ts';
import type { App } from '../dependencies.ts';
import { eventFeed } from '../feeds.ts';
import { cursorOf, eventStreamEnd, readWorkOrder, streamIsOver, wantsStream } from '../reading.ts';
import { IdParams, TAGS, json, problems, text } from '../responses.ts';
import { sseResponse } from '../sse.ts';

const STREAM_EXAMPLE =
  'id: 1\ndata: {"agent_work_order_id":"wo-4f7k2m9x","seq":1,"position":128,"type":"work_order_created", …}\n\n';

const route = createRoute({
  method: 'get',
  path: '/agent-work-orders/{agent_work_order_id}/events',
  operationId: 'getEvents',
  tags: [TAGS.history],
  summary: 'The events, as a page or as a stream',
  description:
    'With `Accept: text/event-stream` a stream: everything from the beginning (or after `Last-Event-ID`), then live, ' +
    'without a gap and without a repeat. It ends after the latest terminal event.',
  request: { params: IdParams, query: EventsQuery, headers: LastEventIdHeader },
  responses: {
    200: {
      description: 'A page of events, or the stream of them',
      content: {
        ...json('', EventsPageSchema).content,
        ...text('', 'text/event-stream', STREAM_EXAMPLE).content,
      },
    },
    204: { description: 'The stream is over: the reader has all of it. Do not reconnect' },
    ...problems(404, 422, 503),
  },
});

export function registerEvents(app: App): void {
  app.openapi(route, async (context) => {
    const { store, clock, log } = context.var.dependencies;
    const query = context.req.valid('query');
    const workOrder = await readWorkOrder(store, context.req.valid('param').agent_work_order_id);
    const workOrderId = workOrder.agent_work_order_id;
    context.header('vary', 'accept');

    if (!wantsStream(context.req.header('accept'))) {
      const { after, limit } = query;
      const events = await store.events({ workOrderId, after, limit });
      const nextAfter = events.at(-1)?.seq ?? after;
      // The page is read after the work order and may know more.
      const lastSeq = Math.max(workOrder.last_seq, events.at(-1)?.seq ?? 0);
      const page = { agent_work_order_id: workOrderId, events, next_after: nextAfter, last_seq: lastSeq };
      return context.json(page, 200);
    }

    const after = cursorOf(context.req.valid('header'), query);
    if (await eventStreamEnd(store, workOrder, { after, path: 'last-event-id' })) return streamIsOver();
    return sseResponse(eventFeed({ store, workOrderId, after }), {
      clock,
      closing: context.env?.closing,
      onReadFailed: (err) => log.warn('event_stream_stalled', { agent_work_order_id: workOrderId, err }),
    });
  });
}
