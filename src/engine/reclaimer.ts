import type { WorkOrderId } from '../domain/ids.ts';
import type { ReclaimWish } from '../domain/reclaim.ts';
import { reasonToKeep } from '../domain/reclaim.ts';
import type { Clock } from '../ports/clock.ts';
import type { SandboxLeftovers } from '../ports/sandbox.ts';
import type { Store } from '../ports/store.ts';
import type { Log } from '../ports/telemetry.ts';

/** What became of the folder of one work order, or would. */
export interface Reclaimed {
  readonly workOrderId: WorkOrderId;
  readonly bytes: number;
  /** Null for one that went, or would go. */
  readonly keptBecause: string | null;
}

/** Clears away what lies on the disk for work orders that have ended. Their history stays. */
export class Reclaimer {
  readonly #parts: {
    readonly store: Store;
    readonly clock: Clock;
    readonly log: Log;
    readonly leftovers: SandboxLeftovers;
  };
  readonly #removing = new Set<WorkOrderId>();

  constructor(parts: {
    readonly store: Store;
    readonly clock: Clock;
    readonly log: Log;
    readonly leftovers: SandboxLeftovers;
  }) {
    this.#parts = parts;
  }

  /** True while its folder goes: it must not be taken up again now. */
  isRemoving(workOrderId: WorkOrderId): boolean {
    return this.#removing.has(workOrderId);
  }

  /** One after the other, by their ids. `dryRun` only says what would go. Rejects with `store_unavailable`. */
  async reclaim(wish: ReclaimWish & { readonly dryRun: boolean }): Promise<readonly Reclaimed[]> {
    const found: Reclaimed[] = [];
    for (const workOrderId of await this.#parts.leftovers.list()) found.push(await this.#reclaimOne(workOrderId, wish));
    return found;
  }

  async #reclaimOne(workOrderId: WorkOrderId, wish: ReclaimWish & { readonly dryRun: boolean }): Promise<Reclaimed> {
    const { store, clock, log, leftovers } = this.#parts;
    const { bytes, hasWorkingCopy } = await leftovers.look({ workOrderId });
    // From here on nobody takes it up again, so that what is found stays true.
    this.#removing.add(workOrderId);
    try {
      const workOrder = await store.workOrder({ workOrderId });
      const keptBecause = reasonToKeep(workOrder, { hasWorkingCopy, now: clock.now() }, wish);
      if (keptBecause !== null || wish.dryRun) return { workOrderId, bytes, keptBecause };
      await leftovers.remove({ workOrderId });
      log.info('sandbox_reclaimed', { agent_work_order_id: workOrderId, bytes });
      return { workOrderId, bytes, keptBecause: null };
    } finally {
      this.#removing.delete(workOrderId);
    }
  }
}
