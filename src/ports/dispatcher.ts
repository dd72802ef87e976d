import type { WorkOrderId } from '../domain/ids.ts';

/** A work order that this process may work on, until its epoch is outdone by a newer claim. */
export interface Claim {
  readonly workOrderId: WorkOrderId;
  /** Every write carries it; an older one is refused with `store_fenced`. */
  readonly epoch: number;
}

/** Decides which work order runs where and when. The engine does not know which one it runs on. */
export interface Dispatcher {
  /**
   * Begins: first what an earlier process left unfinished, then what is pending in order, at most `maxRunning` at
   * once. `execute` never rejects.
   */
  start(input: { readonly execute: (claim: Claim) => Promise<void> }): Promise<void>;
  /** Says that there may be something to do; returns at once. */
  wake(): void;
  /** Takes one that must not wait for its turn, beyond `maxRunning`; does nothing when it runs here already. Never rejects. */
  takeNow(input: { readonly workOrderId: WorkOrderId }): Promise<void>;
  readonly running: number;
  /** No further claims; resolves when what runs has ended. */
  stop(): Promise<void>;
}
