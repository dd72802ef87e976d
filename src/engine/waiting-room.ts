import { decide } from '../domain/decide.ts';
import { hasCode } from '../domain/errors.ts';
import type { WorkOrderId } from '../domain/ids.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import type { Log } from '../ports/telemetry.ts';

/** A clock that was set, or a machine that slept, is noticed after this time. */
const LONGEST_SLEEP_MS = 60_000;
const RETRY_MS = 1_000;

/** Lets work orders go on whose time has come. Nothing is held for those that wait: the times are in the store. */
export class WaitingRoom {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #onReleased: () => void;
  readonly #stopped = new AbortController();
  #nap = new AbortController();
  #watching: Promise<void> | null = null;

  constructor(input: {
    readonly store: Store;
    readonly clock: Clock;
    readonly log: Log;
    /** Called after one is pending again. */
    readonly onReleased: () => void;
  }) {
    this.#store = input.store;
    this.#clock = input.clock;
    this.#log = input.log;
    this.#onReleased = input.onReleased;
  }

  start(): void {
    this.#watching ??= this.#watch();
  }

  /** Says that one more may wait; returns at once. */
  wake(): void {
    this.#nap.abort();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#watching;
  }

  async #watch(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      this.#nap = new AbortController();
      const restMs = await this.#releaseFirst();
      if (restMs > 0) await this.#clock.sleep(restMs, AbortSignal.any([this.#stopped.signal, this.#nap.signal]));
    }
  }

  /** Returns how long nothing is to be done, in milliseconds. */
  async #releaseFirst(): Promise<number> {
    try {
      const first = await this.#store.firstWaiting();
      if (!first) return LONGEST_SLEEP_MS;
      const restMs = Date.parse(first.until) - this.#clock.now().getTime();
      if (restMs > 0) return Math.min(restMs, LONGEST_SLEEP_MS);
      await this.#release(first.workOrderId);
      return 0;
    } catch (error) {
      // Somebody was faster: then there is another first one.
      if (hasCode(error, 'store_conflict')) return 0;
      this.#log.error('waiting_not_ended', { err: error });
      return RETRY_MS;
    }
  }

  async #release(workOrderId: WorkOrderId): Promise<void> {
    const workOrder = await this.#store.workOrder({ workOrderId });
    if (!workOrder) return;
    const events = decide({ type: 'resume', at: this.#clock.now().toISOString() }, workOrder);
    await this.#store.append({ workOrderId, expectedSeq: workOrder.last_seq, epoch: null, events });
    this.#onReleased();
  }
}
