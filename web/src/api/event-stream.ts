import { createParser } from 'eventsource-parser';
import type { ProblemError } from './problem.ts';
import { problemOf } from './problem.ts';
import { session } from './session.ts';

/** What is true of the line to the service at this moment. */
export type Connection =
  | { readonly state: 'connecting' }
  /** Connected, and reading what happened before. */
  | { readonly state: 'catching_up' }
  | { readonly state: 'live' }
  /** Broken; the next try is at `retryAt`, in the milliseconds of `Date.now`. */
  | { readonly state: 'retrying'; readonly retryAt: number }
  /** Nothing has answered for a while; still trying. */
  | { readonly state: 'gone'; readonly retryAt: number }
  /** Nothing more will come. */
  | { readonly state: 'ended' }
  | { readonly state: 'refused'; readonly problem: ProblemError };

export interface StreamMessage<Data> {
  readonly id: string;
  readonly data: Data;
}

export interface StreamOptions<Data> {
  readonly path: string;
  /** The id of what is known already; the stream goes on after it. */
  readonly after?: string | undefined;
  /** After a break it is opened as at first, not behind the last message: whoever reads it looks again by itself. */
  readonly beginsAnew?: boolean;
  /** All that arrived at once, in order; never empty. */
  readonly onMessages: (messages: readonly StreamMessage<Data>[]) => void;
  readonly onConnection: (connection: Connection) => void;
  /** The stream is open: what is asked for from now on is not older than what it sends. */
  readonly onOpen?: () => void;
}

/** The service says something at least every 15 seconds; twice missed and a bit, the line is dead (a laptop slept). */
const SILENCE_MS = 40_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 5_000;
/** After so many tries without an answer the service counts as gone. */
const TRIES_UNTIL_GONE = 4;
/** A browser opens six connections to one host: a tab that nobody sees gives its own back. */
const HIDDEN_MS = 10_000;

/**
 * Follows a stream of server-sent events until it ends or is closed: after a break it goes on behind the last message,
 * so that nothing is missed and nothing comes twice. Returns how to close it.
 */
export function followStream<Data>(options: StreamOptions<Data>): () => void {
  const follower = new StreamFollower(options);
  follower.start();
  return () => follower.close();
}

class StreamFollower<Data> {
  private lastId: string | undefined;
  private failures = 0;
  private running: AbortController | null = null;
  private retryTimer: number | undefined;
  private hiddenTimer: number | undefined;
  private readonly options: StreamOptions<Data>;

  constructor(options: StreamOptions<Data>) {
    this.options = options;
    this.lastId = options.after;
  }

  start(): void {
    document.addEventListener('visibilitychange', this.onVisibility);
    window.addEventListener('online', this.reconnectNow);
    this.options.onConnection({ state: 'connecting' });
    void this.run();
  }

  close(): void {
    document.removeEventListener('visibilitychange', this.onVisibility);
    window.removeEventListener('online', this.reconnectNow);
    clearTimeout(this.retryTimer);
    clearTimeout(this.hiddenTimer);
    this.running?.abort();
    this.running = null;
  }

  private readonly onVisibility = (): void => {
    clearTimeout(this.hiddenTimer);
    if (document.visibilityState === 'hidden') {
      this.hiddenTimer = window.setTimeout(() => this.running?.abort(), HIDDEN_MS);
    } else {
      this.reconnectNow();
    }
  };

  private readonly reconnectNow = (): void => {
    if (this.running && !this.running.signal.aborted) return;
    clearTimeout(this.retryTimer);
    void this.run();
  };

  private async run(): Promise<void> {
    const running = new AbortController();
    this.running = running;
    const end = await this.read(running).catch(() => 'broken' as const);
    // Closed, or another run has begun.
    if (this.running !== running) return;
    this.running = null;
    if (end === 'ended') this.options.onConnection({ state: 'ended' });
    else if (end === 'closed') void this.run();
    else if (end === 'broken') this.retryLater();
    else this.options.onConnection({ state: 'refused', problem: end });
  }

  /**
   * Reads until the stream ends. The service closes a stream after its last message, and says only to the next request
   * that nothing more will come. Rejects when the line breaks, or was silent for too long.
   */
  private async read(running: AbortController): Promise<'ended' | 'closed' | 'broken' | ProblemError> {
    const { path, beginsAnew = false, onConnection, onOpen } = this.options;
    const before = this.lastId;
    let silence = window.setTimeout(() => running.abort(), SILENCE_MS);
    try {
      const response = await fetch(path, {
        headers: {
          accept: 'text/event-stream',
          ...(this.lastId === undefined || beginsAnew ? {} : { 'last-event-id': this.lastId }),
        },
        signal: running.signal,
      });
      if (response.status === 204) return 'ended';
      if (!response.ok || !response.body) return await this.refusal(response);
      this.failures = 0;
      onConnection({ state: 'catching_up' });
      onOpen?.();
      const parser = this.parser();
      const decoder = new TextDecoder();
      for await (const bytes of chunksOf(response.body)) {
        clearTimeout(silence);
        silence = window.setTimeout(() => running.abort(), SILENCE_MS);
        parser.feed(decoder.decode(bytes, { stream: true }));
      }
      return this.lastId === before ? 'broken' : 'closed';
    } finally {
      clearTimeout(silence);
    }
  }

  private parser() {
    let batch: StreamMessage<Data>[] = [];
    const flush = (): void => {
      const messages = batch;
      batch = [];
      if (messages.length > 0) this.options.onMessages(messages);
    };
    let caughtUp = false;
    const parser = createParser({
      onEvent: ({ id, data }) => {
        if (id === undefined) return;
        this.lastId = id;
        batch.push({ id, data: JSON.parse(data) });
      },
      onComment: (comment) => {
        if (comment.trim() === 'caught up') caughtUp = true;
      },
    });
    return {
      feed: (text: string): void => {
        parser.feed(text);
        flush();
        if (!caughtUp) return;
        caughtUp = false;
        this.options.onConnection({ state: 'live' });
      },
    };
  }

  private async refusal(response: Response): Promise<'broken' | ProblemError> {
    const problem = await problemOf(response);
    if (problem.code === 'unauthorized') session.lock();
    return response.status >= 500 ? 'broken' : problem;
  }

  private retryLater(): void {
    // The run that comes with the tab's return begins at once.
    if (document.visibilityState === 'hidden') return;
    const pauseMs = Math.min(FIRST_RETRY_MS * 2 ** this.failures, LONGEST_RETRY_MS);
    this.failures += 1;
    const state = this.failures >= TRIES_UNTIL_GONE ? 'gone' : 'retrying';
    this.options.onConnection({ state, retryAt: Date.now() + pauseMs });
    this.retryTimer = window.setTimeout(() => void this.run(), pauseMs);
  }
}

/** Not every browser can iterate over a stream. */
async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  const reader = body.getReader();
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) yield chunk.value;
}
