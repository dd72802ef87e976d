import type { Clock } from '../ports/clock.ts';

const HEARTBEAT_MS = 15_000;
/** After a failed read; the stream stays open, because an EventSource gives up for ever on a reconnect answered 503. */
const RETRY_MS = 1_000;
/** How much is handed to the socket at once. */
const CHUNK_CHARACTERS = 64 * 1024;

/** What a stream sends: `data` becomes JSON on one line. */
export interface SseMessage {
  readonly id: number;
  readonly data: unknown;
}

/** Something that is read page by page and grows. */
export interface Feed {
  /** What follows all that was read before: one page, empty when there is nothing now, null when nothing will come. */
  read(): Promise<readonly SseMessage[] | null>;
  /** Calls `wake` whenever reading again may pay; returns how to stop. */
  subscribe(wake: () => void): () => void;
}

export interface StreamOptions {
  readonly clock: Clock;
  /** Ends the stream: the service closes. */
  readonly closing: AbortSignal | undefined;
  readonly onReadFailed: (error: unknown) => void;
}

/**
 * A feed as server-sent events. It is pulled: the next page is read only when the reader has taken the one before, so
 * that a reader that is slow or stuck costs one page of memory and delays nobody. It listens before it reads, so that
 * nothing falls between the two. Nothing is begun before somebody reads the body.
 */
export function sseResponse(feed: Feed, options: StreamOptions): Response {
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
  { clock, closing, onReadFailed }: StreamOptions,
  gone: AbortController,
): AsyncGenerator<string, void, void> {
  const bell = new Bell();
  const stop = () => gone.abort();
  const unsubscribe = feed.subscribe(() => bell.ring());
  closing?.addEventListener('abort', stop, { once: true });
  if (closing?.aborted) stop();
  gone.signal.addEventListener('abort', () => bell.ring(), { once: true });
  let failed = false;
  let caughtUp = false;
  try {
    yield ': open\n\n';
    let heartbeatAtMs = clock.monotonicMs() + HEARTBEAT_MS;
    while (!gone.signal.aborted) {
      bell.muffle();
      let messages: readonly SseMessage[] | null = [];
      try {
        messages = await feed.read();
        failed = false;
      } catch (error) {
        if (!failed) onReadFailed(error);
        failed = true;
      }
      if (messages === null) return;
      for (const chunk of chunksOf(messages)) {
        if (gone.signal.aborted) return;
        yield chunk;
        heartbeatAtMs = clock.monotonicMs() + HEARTBEAT_MS;
      }
      if (messages.length > 0) continue;
      if (!caughtUp && !failed) {
        caughtUp = true;
        // What follows happens now: a reader can tell a stream that is live from one that still replays.
        yield ': caught up\n\n';
      }
      const untilHeartbeatMs = heartbeatAtMs - clock.monotonicMs();
      if (untilHeartbeatMs <= 0) {
        yield ': heartbeat\n\n';
        heartbeatAtMs = clock.monotonicMs() + HEARTBEAT_MS;
        continue;
      }
      await bell.wait(clock, failed ? Math.min(RETRY_MS, untilHeartbeatMs) : untilHeartbeatMs);
    }
  } finally {
    unsubscribe();
    closing?.removeEventListener('abort', stop);
  }
}

/** Remembers that it rang, so that a ring between reading and waiting is not lost. */
class Bell {
  private rung = false;
  private waiter: AbortController | null = null;

  ring(): void {
    this.rung = true;
    this.waiter?.abort();
  }

  muffle(): void {
    this.rung = false;
  }

  async wait(clock: Clock, ms: number): Promise<void> {
    if (this.rung) return;
    this.waiter = new AbortController();
    await clock.sleep(ms, this.waiter.signal);
    this.waiter = null;
  }
}

/** Frames joined up to a fair size: one write to the socket for many small events. */
function* chunksOf(messages: readonly SseMessage[]): Generator<string, void, void> {
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
