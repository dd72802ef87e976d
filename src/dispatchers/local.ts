import type { WorkOrderId } from '../domain/ids.ts';
import type { WorkOrderStatus } from '../domain/work-order.ts';
import type { Clock } from '../ports/clock.ts';
import type { Claim, Dispatcher } from '../ports/dispatcher.ts';
import type { Store } from '../ports/store.ts';
import type { Log } from '../ports/telemetry.ts';

const RETRY_MS = 1_000;
const PAGE = 100;

/** The dispatcher of a service that owns its data folder alone: claims are in the store, the order is the store's. */
export class LocalDispatcher implements Dispatcher {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #owner: string;
  readonly #maxRunning: number;
  readonly #executing = new Map<WorkOrderId, Promise<void>>();
  /** What an earlier process left unfinished, oldest first; it goes before what is pending. */
  #unfinished: WorkOrderId[] = [];
  #execute: ((claim: Claim) => Promise<void>) | null = null;
  #filling: Promise<void> | null = null;
  #again = false;
  #stopped = new AbortController();

  constructor(input: {
    readonly store: Store;
    readonly clock: Clock;
    readonly log: Log;
    readonly owner: string;
    readonly maxRunning: number;
  }) {
    this.#store = input.store;
    this.#clock = input.clock;
    this.#log = input.log;
    this.#owner = input.owner;
    this.#maxRunning = input.maxRunning;
  }

  get running(): number {
    return this.#executing.size;
  }

  async start({ execute }: { readonly execute: (claim: Claim) => Promise<void> }): Promise<void> {
    this.#unfinished = await this.#all('running');
    this.#execute = execute;
    this.wake();
  }

  wake(): void {
    if (!this.#execute || this.#stopped.signal.aborted) return;
    if (this.#filling) {
      this.#again = true;
      return;
    }
    this.#filling = this.#fill().finally(() => {
      this.#filling = null;
      if (this.#again) this.wake();
    });
  }

  async takeNow({ workOrderId }: { readonly workOrderId: WorkOrderId }): Promise<void> {
    if (!this.#execute || this.#stopped.signal.aborted || this.#executing.has(workOrderId)) return;
    try {
      await this.#claim(workOrderId);
    } catch (error) {
      // Then it is taken in its turn.
      this.#log.error('claim_failed', { err: error });
      this.wake();
    }
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#filling;
    await Promise.all(this.#executing.values());
  }

  async #fill(): Promise<void> {
    this.#again = false;
    try {
      while (this.#executing.size < this.#maxRunning && !this.#stopped.signal.aborted) {
        const workOrderId = this.#unfinished[0] ?? (await this.#oldestPending());
        if (!workOrderId) return;
        await this.#claim(workOrderId);
        if (this.#unfinished[0] === workOrderId) this.#unfinished.shift();
      }
    } catch (error) {
      this.#log.error('claim_failed', { err: error });
      await this.#clock.sleep(RETRY_MS, this.#stopped.signal);
      this.#again = true;
    }
  }

  async #claim(workOrderId: WorkOrderId): Promise<void> {
    const claim = await this.#store.claim({ workOrderId, owner: this.#owner, at: this.#clock.now().toISOString() });
    if (!claim || !this.#execute) return;
    this.#executing.set(workOrderId, this.#carryOut({ workOrderId, epoch: claim.epoch }));
  }

  async #carryOut(claim: Claim): Promise<void> {
    const begunMs = this.#clock.monotonicMs();
    await this.#execute?.(claim);
    // One that could not even be begun is pending still: it must not be claimed as fast as the machine can.
    const restMs = RETRY_MS - (this.#clock.monotonicMs() - begunMs);
    if (restMs > 0 && (await this.#isPending(claim))) await this.#clock.sleep(restMs, this.#stopped.signal);
    this.#executing.delete(claim.workOrderId);
    this.wake();
  }

  /** A store that cannot be read counts as yes: waiting does no harm. */
  async #isPending({ workOrderId }: Claim): Promise<boolean> {
    try {
      return (await this.#store.workOrder({ workOrderId }))?.status === 'pending';
    } catch {
      return true;
    }
  }

  /** The first pending one that is not being begun already: its first record may still be on its way to the store. */
  async #oldestPending(): Promise<WorkOrderId | null> {
    const limit = this.#executing.size + 1;
    const ids = await this.#store.claimable({ statuses: ['pending'], after: null, limit });
    return ids.find((id) => !this.#executing.has(id)) ?? null;
  }

  async #all(status: WorkOrderStatus): Promise<WorkOrderId[]> {
    const all: WorkOrderId[] = [];
    for (;;) {
      const page = await this.#store.claimable({ statuses: [status], after: all.at(-1) ?? null, limit: PAGE });
      all.push(...page);
      if (page.length < PAGE) return all;
    }
  }
}
