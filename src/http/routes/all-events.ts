import { createRoute } from '@hono/zod-openapi';
import { LastEventIdHeader, PositionQuery } from '../../contract/events.ts';
import type { App } from '../dependencies.ts';
import { allEventsFeed } from '../feeds.ts';
import { cursorOf, expectStreamReader } from '../reading.ts';
import { TAGS, problems, text } from '../responses.ts';
import { sseResponse } from '../sse.ts';

const route = createRoute({
  method: 'get',
  path: '/events',
  operationId: 'streamAllEvents',
  tags: [TAGS.history],
  summary: 'The events of all work orders, as a stream',
  description:
    'The id is the `position`. From the beginning (or after `Last-Event-ID`), then live; it never ends. A list that is ' +
    'read once the stream after `latest` is open misses nothing: what it does not show yet comes as an event.',
  request: { query: PositionQuery, headers: LastEventIdHeader },
  responses: {
    200: text(
      'The stream of events',
      'text/event-stream',
      'id: 128\ndata: {"agent_work_order_id":"wo-4f7k2m9x","seq":1,"position":128,"type":"work_order_created", …}\n\n',
    ),
    ...problems(422, 503),
  },
});

export function registerAllEvents(app: App): void {
  app.openapi(route, async (context) => {
    const { store, clock, log } = context.var.dependencies;
    expectStreamReader(context.req.header('accept'));
    const query = context.req.valid('query');
    // A store that cannot be read is told now, while there is still a status to tell it with.
    const last = await store.lastPosition();
    const after = cursorOf(context.req.valid('header'), { after: query.after === 'latest' ? last : query.after });
    return sseResponse(allEventsFeed({ store, after }), {
      clock,
      closing: context.env?.closing,
      onReadFailed: (err) => log.warn('event_stream_stalled', { err }),
    });
  });
}
