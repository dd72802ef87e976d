import { setTimeout as sleep } from 'node:timers/promises';
import { createParser } from 'eventsource-parser';
import { WorkOrderError } from '../domain/errors.ts';
import { ServiceProblem } from './errors.ts';

/** The service sends a heartbeat each 15 s; after three missed ones the connection is taken for dead. */
const SILENCE_MS = 45_000;
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5_000;

export interface StreamMessage {
  readonly id: number;
  readonly data: string;
}

export interface StreamOptions {
  /** Opens the stream after a number; rejects where the network fails. An answer that is no success may be returned. */
  readonly open: (lastId: number, signal: AbortSignal) => Promise<Response>;
  /** Turns an answer that is no success into the error to throw. */
  readonly refused: (response: Response) => Promise<Error>;
  readonly after: number;
  /** Ends the stream quietly. */
  readonly signal?: AbortSignal | undefined;
  /** True after each connection, false when one is lost. */
  readonly onConnection?: ((connected: boolean) => void) | undefined;
  /** How long to try again without a success before `service_unreachable` is thrown. */
  readonly giveUpAfterMs: number;
}

/**
 * The messages of an event stream, each once and in order, over as many connections as it takes: a lost one is
 * opened again after the last number. Ends when the service says that no more will come (204). Throws what `refused`
 * makes of an answer below 500, and `service_unreachable` when the service stays away.
 */
export async function* readEventStream(options: StreamOptions): AsyncGenerator<StreamMessage, void, undefined> {
  const { signal, onConnection } = options;
  let lastId = options.after;
  let delayMs = FIRST_DELAY_MS;
  let aliveAt = performance.now();
  for (;;) {
    if (signal?.aborted) return;
    const connection = new AbortController();
    const end = (): void => connection.abort();
    signal?.addEventListener('abort', end, { once: true });
    try {
      const response = await options.open(lastId, connection.signal);
      if (response.status === 204) return;
      if (!response.ok || !response.body) throw await options.refused(response);
      onConnection?.(true);
      aliveAt = performance.now();
      for await (const message of messages(response.body, connection)) {
        if (message.id <= lastId) continue;
        lastId = message.id;
        delayMs = FIRST_DELAY_MS;
        yield message;
      }
      aliveAt = performance.now();
    } catch (error) {
      if (error instanceof ServiceProblem && error.status < 500) throw error;
      if (signal?.aborted) return;
      if (performance.now() - aliveAt >= options.giveUpAfterMs) {
        throw new WorkOrderError('service_unreachable', 'The service has gone away.', { cause: error });
      }
      onConnection?.(false);
    } finally {
      signal?.removeEventListener('abort', end);
      connection.abort();
    }
    await sleep(delayMs, undefined, signal ? { signal } : {}).catch(() => undefined);
    delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS);
  }
}

/** The messages of one connection, which is ended when it falls silent. */
async function* messages(
  body: ReadableStream<Uint8Array>,
  connection: AbortController,
): AsyncGenerator<StreamMessage, void, undefined> {
  const received: StreamMessage[] = [];
  const parser = createParser({
    onEvent({ id, data }) {
      const number = Number(id);
      if (id && Number.isSafeInteger(number)) received.push({ id: number, data });
    },
  });
  const decoder = new TextDecoder();
  const silence = setTimeout(() => connection.abort(), SILENCE_MS);
  const reader = body.getReader();
  const aborted = new Promise<never>((_, reject) => {
    connection.signal.addEventListener('abort', () => reject(new Error('the connection was ended')), { once: true });
  });
  // Nobody may be waiting for it when the connection ends.
  aborted.catch(() => undefined);
  try {
    for (;;) {
      const chunk = await Promise.race([reader.read(), aborted]);
      if (chunk.done) return;
      silence.refresh();
      parser.feed(decoder.decode(chunk.value, { stream: true }));
      yield* received.splice(0);
    }
  } finally {
    clearTimeout(silence);
    await reader.cancel().catch(() => undefined);
  }
}
