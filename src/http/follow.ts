import type { Clock } from '../ports/clock.ts';

/** Without anything to send, a reader is told that the line is alive. */
const SILENCE_MS = 15_000;
/** After a failed read; the stream stays open, because an EventSource gives up for ever on a reconnect answered 503. */
const RETRY_MS = 1_000;

/** What a stream sends: `data` becomes JSON. */
export interface FeedMessage {
  readonly id: number;
  readonly data: unknown;
}

/** Something that is read page by page and grows. */
export interface Feed {
  /** What follows all that was read before: one page, empty when there is nothing now, null when nothing will come. */
  read(): Promise<readonly FeedMessage[] | null>;
  /** Calls `wake` whenever reading again may pay; returns how to stop. */
  subscribe(wake: () => void): () => void;
}

export interface FollowOptions {
  readonly clock: Clock;
  /** Ends the stream: the service closes. */
  readonly closing: AbortSignal | undefined;
  readonly onReadFailed: (error: unknown) => void;
}

export type Followed =
  | { readonly kind: 'messages'; readonly messages: readonly FeedMessage[] }
  /** Said once: all that was there is read, and what follows happens now. */
  | { readonly kind: 'caught_up' }
  /** Nothing was there for a while. */
  | { readonly kind: 'silence' };

/**
 * Reads a feed to its end, or until `gone`. It is pulled: the next page is read only when the reader has taken the one
 * before, so that a reader that is slow or stuck costs one page of memory and delays nobody. It listens before it reads,
 * so that nothing falls between the two.
 */
export async function* follow(
  feed: Feed,
  { clock, closing, onReadFailed }: FollowOptions,
  gone: AbortController,
): AsyncGenerator<Followed, void, void> {
  const bell = new Bell();
  const stop = () => gone.abort();
  const unsubscribe = feed.subscribe(() => bell.ring());
  closing?.addEventListener('abort', stop, { once: true });
  if (closing?.aborted) stop();
  gone.signal.addEventListener('abort', () => bell.ring(), { once: true });
  let failed = false;
  let caughtUp = false;
  try {
    let silenceAtMs = clock.monotonicMs() + SILENCE_MS;
    while (!gone.signal.aborted) {
      bell.muffle();
      let messages: readonly FeedMessage[] | null = [];
      try {
        messages = await feed.read();
        failed = false;
      } catch (error) {
        if (!failed) onReadFailed(error);
        failed = true;
      }
      if (messages === null) return;
      if (messages.length > 0) {
        yield { kind: 'messages', messages };
        silenceAtMs = clock.monotonicMs() + SILENCE_MS;
        continue;
      }
      if (!caughtUp && !failed) {
        caughtUp = true;
        yield { kind: 'caught_up' };
      }
      const untilSilenceMs = silenceAtMs - clock.monotonicMs();
      if (untilSilenceMs <= 0) {
        yield { kind: 'silence' };
        silenceAtMs = clock.monotonicMs() + SILENCE_MS;
        continue;
      }
      await bell.wait(clock, failed ? Math.min(RETRY_MS, untilSilenceMs) : untilSilenceMs);
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
