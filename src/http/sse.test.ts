import { describe, expect, test } from 'vitest';
import type { Clock } from '../ports/clock.ts';
import type { FeedMessage } from './follow.ts';
import { sseResponse } from './sse.ts';

/** Everything that can go on without time passing has gone on. */
function turns(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/** A clock that stands still until the test moves it. */
function manualClock() {
  let nowMs = 0;
  const sleepers = new Set<{ readonly untilMs: number; readonly wake: () => void }>();
  const clock: Clock = {
    now: () => new Date(nowMs),
    monotonicMs: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const sleeper = {
          untilMs: nowMs + ms,
          wake: () => {
            sleepers.delete(sleeper);
            resolve();
          },
        };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', sleeper.wake, { once: true });
      }),
  };
  return {
    clock,
    pass: (ms: number): void => {
      nowMs += ms;
      for (const sleeper of sleepers) if (sleeper.untilMs <= nowMs) sleeper.wake();
    },
  };
}

function manualFeed() {
  let pages: (readonly FeedMessage[] | Error | null)[] = [];
  let wake: (() => void) | null = null;
  return {
    reads: 0,
    duringNextRead: null as (() => void) | null,
    listening: () => wake !== null,
    add(...more: readonly (readonly FeedMessage[] | Error | null)[]) {
      pages = [...pages, ...more];
      wake?.();
    },
    async read() {
      this.reads += 1;
      const page = pages.shift();
      const happening = this.duringNextRead;
      this.duringNextRead = null;
      happening?.();
      if (page instanceof Error) throw page;
      return page === undefined ? [] : page;
    },
    subscribe(listener: () => void) {
      wake = listener;
      return () => {
        wake = null;
      };
    },
  };
}

const CAUGHT_UP = ': caught up\n\n';

function open(feed: ReturnType<typeof manualFeed>, closing?: AbortSignal) {
  const { clock, pass } = manualClock();
  const failures: unknown[] = [];
  const response = sseResponse(feed, { clock, closing, onReadFailed: (error) => failures.push(error) });
  const reader = (response.body ?? new ReadableStream()).getReader();
  const nextFrame = async () => {
    const { value, done } = await reader.read();
    return done ? null : new TextDecoder().decode(value);
  };
  /** But for the one comment that most tests are not about. */
  const next = async () => {
    const frame = await nextFrame();
    return frame === CAUGHT_UP ? nextFrame() : frame;
  };
  return { next, nextFrame, pass, failures, cancel: () => reader.cancel() };
}

describe('a stream of server-sent events', () => {
  test('begins with a comment, and has an id and data on one line for each message', async () => {
    const feed = manualFeed();
    const { next } = open(feed);
    feed.add([{ id: 1, data: { text: 'two\nlines' } }], [{ id: 2, data: 'x' }], null);
    expect(await next()).toBe(': open\n\n');
    expect(await next()).toBe('id: 1\ndata: {"text":"two\\nlines"}\n\n');
    expect(await next()).toBe('id: 2\ndata: "x"\n\n');
    expect(await next()).toBeNull();
    expect(feed.listening()).toBe(false);
  });

  test('says once when all that was there is sent', async () => {
    const feed = manualFeed();
    const { nextFrame, cancel } = open(feed);
    feed.add([{ id: 1, data: 1 }]);
    await nextFrame();
    expect(await nextFrame()).toContain('id: 1');
    expect(await nextFrame()).toBe(CAUGHT_UP);
    feed.add([{ id: 2, data: 2 }], [{ id: 3, data: 3 }]);
    expect(await nextFrame()).toContain('id: 2');
    expect(await nextFrame()).toContain('id: 3');
    await cancel();
  });

  test('reads nothing before the reader asks, and no page before the last is taken', async () => {
    const feed = manualFeed();
    const { next, cancel } = open(feed);
    feed.add([{ id: 1, data: 1 }], [{ id: 2, data: 2 }]);
    expect([feed.reads, feed.listening()]).toEqual([0, false]);
    await next();
    await next();
    expect(feed.reads).toBe(1);
    await next();
    expect(feed.reads).toBe(2);
    await cancel();
    expect(feed.listening()).toBe(false);
  });

  test('listens before it reads, so that a change during a read is not slept through', async () => {
    const feed = manualFeed();
    // What comes now is not in the page that was read.
    feed.duringNextRead = () => feed.add([{ id: 1, data: 'late' }]);
    const { next, cancel } = open(feed);
    await next();
    expect(await next()).toBe('id: 1\ndata: "late"\n\n');
    await cancel();
  });

  test('sends a heartbeat after 15 s of silence, however often it is woken for nothing', async () => {
    const feed = manualFeed();
    const { next, pass, cancel } = open(feed);
    await next();
    const beat = next();
    await turns();
    for (let second = 0; second < 15; second += 1) {
      expect(feed.reads).toBe(second + 1);
      pass(1_000);
      feed.add();
      await turns();
    }
    expect(await beat).toBe(': heartbeat\n\n');
    await cancel();
  });

  test('stays open when a read fails, says so once, and tries again', async () => {
    const feed = manualFeed();
    const { next, pass, failures, cancel } = open(feed);
    feed.add(new Error('away'), new Error('still away'), [{ id: 1, data: 1 }]);
    await next();
    const first = next();
    for (let tries = 1; tries < 3; tries += 1) {
      await turns();
      expect(feed.reads).toBe(tries);
      pass(1_000);
    }
    expect(await first).toContain('id: 1');
    expect(failures).toHaveLength(1);
    await cancel();
  });

  test('ends when the service closes', async () => {
    const feed = manualFeed();
    const closing = new AbortController();
    const { next } = open(feed, closing.signal);
    await next();
    const end = next();
    closing.abort();
    expect(await end).toBeNull();
    expect(feed.listening()).toBe(false);
  });
});
