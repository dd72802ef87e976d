import type { Feed, FeedMessage, FollowOptions } from './follow.ts';
import { follow } from './follow.ts';

/** How much is handed to the socket at once. */
const CHUNK_CHARACTERS = 64 * 1024;

/** A feed as server-sent events. Nothing is begun before somebody reads the body. */
export function sseResponse(feed: Feed, options: FollowOptions): Response {
  const gone = new AbortController();
  const frames = framesOf(feed, options, gone);
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { value, done } = await frames.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
      async cancel() {
        gone.abort();
        await frames.return();
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      // Proxies such as nginx hold streams back unless told.
      'x-accel-buffering': 'no',
    },
  });
}

async function* framesOf(
  feed: Feed,
  options: FollowOptions,
  gone: AbortController,
): AsyncGenerator<string, void, void> {
  yield ': open\n\n';
  for await (const followed of follow(feed, options, gone)) {
    switch (followed.kind) {
      case 'messages':
        for (const chunk of chunksOf(followed.messages)) {
          if (gone.signal.aborted) return;
          yield chunk;
        }
        break;
      case 'caught_up':
        yield ': caught up\n\n';
        break;
      case 'silence':
        yield ': heartbeat\n\n';
        break;
    }
  }
}

/** Frames joined up to a fair size: one write to the socket for many small events. */
function* chunksOf(messages: readonly FeedMessage[]): Generator<string, void, void> {
  let chunk = '';
  for (const { id, data } of messages) {
    chunk += `id: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
    if (chunk.length >= CHUNK_CHARACTERS) {
      yield chunk;
      chunk = '';
    }
  }
  if (chunk) yield chunk;
}
