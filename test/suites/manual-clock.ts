import type { Clock } from '../../src/ports/clock.ts';
import { systemClock } from '../../src/process/clock.ts';

/** What is shorter is slept for real: it belongs to the work, not to what waits. */
const REAL_SLEEP_MS = 2_000;
/** Between asking for the time and going to sleep some of it passes. */
const TOLERANCE_MS = 200;

/** A clock that goes as the machine's, and can be put forward; who sleeps for long wakes up then. */
export class ManualClock implements Clock {
  #aheadMs = 0;
  readonly #sleepers = new Set<{ readonly untilMs: number; readonly wake: () => void }>();

  now(): Date {
    return new Date(systemClock.now().getTime() + this.#aheadMs);
  }

  monotonicMs(): number {
    return systemClock.monotonicMs() + this.#aheadMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms < REAL_SLEEP_MS || signal?.aborted) return systemClock.sleep(ms, signal);
    return new Promise((resolve) => {
      const sleeper = { untilMs: this.now().getTime() + ms, wake: resolve };
      this.#sleepers.add(sleeper);
      const wake = () => {
        this.#sleepers.delete(sleeper);
        resolve();
      };
      signal?.addEventListener('abort', wake, { once: true });
    });
  }

  /** Lets time pass, or takes it back. */
  advance(ms: number): void {
    this.#aheadMs += ms;
    for (const sleeper of this.#sleepers) {
      if (sleeper.untilMs - TOLERANCE_MS > this.now().getTime()) continue;
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
  }

  /** To a time, as ISO 8601. */
  advanceTo(time: string): void {
    this.advance(Date.parse(time) - this.now().getTime());
  }
}
