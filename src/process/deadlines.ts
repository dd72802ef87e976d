import type { ProcessEndReason, TimeLimits } from '../ports/process.ts';

type Limit = Extract<ProcessEndReason, 'no_first_activity' | 'idle' | 'total'>;

/** Watches the time limits of one process by the monotonic clock. Does not keep the service alive. */
export interface Deadlines {
  /** A line was read. Cheap: no timer is touched. */
  activity(): void;
  /** While held, the process cannot write, so its silence does not count. */
  hold(held: boolean): void;
  stop(): void;
}

/** The longest delay that setTimeout takes. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export function watchDeadlines(limits: TimeLimits, onExpired: (limit: Limit) => void): Deadlines {
  const startedMs = performance.now();
  let lastActivityMs: number | null = null;
  let held = false;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  /** The timer was set without the limits that do not count while held. */
  let armedWhileHeld = false;

  /** The limit that ends first, as things are now. */
  function nearest(): { readonly limit: Limit; readonly atMs: number } | null {
    const ends: { limit: Limit; atMs: number }[] = [];
    if (limits.totalMs !== null) ends.push({ limit: 'total', atMs: startedMs + limits.totalMs });
    if (!held && lastActivityMs === null && limits.firstActivityMs !== null) {
      ends.push({ limit: 'no_first_activity', atMs: startedMs + limits.firstActivityMs });
    }
    if (!held && lastActivityMs !== null && limits.idleMs !== null) {
      ends.push({ limit: 'idle', atMs: lastActivityMs + limits.idleMs });
    }
    return ends.toSorted((a, b) => a.atMs - b.atMs)[0] ?? null;
  }

  function arm(): void {
    clearTimeout(timer);
    armedWhileHeld = held;
    const next = stopped ? null : nearest();
    if (next === null) return;
    const delayMs = Math.min(Math.max(next.atMs - performance.now(), 0), LONGEST_TIMER_MS);
    timer = setTimeout(look, delayMs);
    timer.unref();
  }

  function look(): void {
    // Activity only notes the time, so the timer may have been set for an earlier end than the one that counts now.
    const next = nearest();
    if (next !== null && performance.now() >= next.atMs) {
      stopped = true;
      onExpired(next.limit);
    } else {
      arm();
    }
  }

  arm();
  return {
    activity() {
      const first = lastActivityMs === null;
      lastActivityMs = performance.now();
      if (first) arm();
    },
    hold(nowHeld) {
      held = nowHeld;
      if (held) return;
      if (lastActivityMs !== null) lastActivityMs = performance.now();
      // Not each time: a loud agent is held and let go for every line, and a timer that comes early looks again.
      if (armedWhileHeld) arm();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
