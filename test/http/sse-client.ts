import { EventSourceParserStream } from 'eventsource-parser/stream';

export interface Received {
  readonly id: number;
  readonly data: { readonly seq: number; readonly type?: string; readonly [field: string]: unknown };
}

/** A stream as a client has it: `received` until it ends, `cut` to drop the connection. */
export async function openStream(url: string, headers: Record<string, string> = {}) {
  const abort = new AbortController();
  const response = await fetch(url, { signal: abort.signal, headers: { accept: 'text/event-stream', ...headers } });
  return {
    response,
    comments: [] as string[],
    cut: () => abort.abort(),
    async *received(): AsyncGenerator<Received, void, void> {
      if (!response.body) return;
      const events = response.body
        .pipeThrough(new TextDecoderStream())
        .pipeThrough(new EventSourceParserStream({ onComment: (comment) => void this.comments.push(comment) }));
      try {
        for await (const { id, data, event } of events) {
          if (event !== undefined) throw new Error(`the stream names its events: ${event}`);
          yield { id: Number(id), data: JSON.parse(data) };
        }
      } catch (error) {
        if (!abort.signal.aborted) throw error;
      }
    },
  };
}

export async function collect(stream: AsyncIterable<Received>): Promise<readonly Received[]> {
  const received: Received[] = [];
  for await (const one of stream) received.push(one);
  return received;
}

/** All that a stream sends until it ends. */
export async function readToEnd(url: string, headers: Record<string, string> = {}): Promise<readonly Received[]> {
  return collect((await openStream(url, headers)).received());
}

/** The first `count` of a stream, which is then cut. */
export async function readSome(
  url: string,
  count: number,
  headers: Record<string, string> = {},
): Promise<readonly Received[]> {
  const stream = await openStream(url, headers);
  const received: Received[] = [];
  for await (const one of stream.received()) {
    received.push(one);
    if (received.length === count) break;
  }
  stream.cut();
  return received;
}
