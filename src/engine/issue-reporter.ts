import type { Delivery } from '../domain/delivery.ts';
import { WorkOrderError, hasCode } from '../domain/errors.ts';
import type { WorkOrderId } from '../domain/ids.ts';
import type { StoreChange } from '../ports/store.ts';
import type { IntakeParts } from './intake-parts.ts';
import type { IssueReport } from './issue-report.ts';
import { markerOf, refusalReport, workOrderReport } from './issue-report.ts';
import { growingPauses } from './pauses.ts';

/** How often a forge may refuse one text before it is given up. */
const MAX_REFUSALS = 5;

type Parts = Pick<
  IntakeParts,
  'store' | 'clock' | 'log' | 'redactor' | 'forges' | 'reach' | 'publicUrl' | 'reportPauseMs'
> & { readonly signal: AbortSignal };

/**
 * Keeps one comment a work order up to date on its issue. It follows what is saved, so that it tells nothing that could
 * be lost, and holds nothing up: while the forge or the store is away, the comment waits and the work goes on.
 */
export class IssueReporter {
  readonly #parts: Parts;
  readonly #onEvents = new Map<WorkOrderId, () => void>();
  readonly #stopListening: () => void;
  readonly #ending = Promise.withResolvers<void>();

  constructor(parts: Parts) {
    this.#parts = parts;
    parts.signal.addEventListener('abort', () => this.#ending.resolve(), { once: true });
    this.#stopListening = parts.store.onChange((change: StoreChange) => {
      if (change.kind === 'events') this.#onEvents.get(change.workOrderId)?.();
    });
  }

  stop(): void {
    this.#stopListening();
  }

  /** Resolves when the comment is in its final form, or the service ends. */
  async report(delivery: Delivery): Promise<void> {
    const { clock, signal, reportPauseMs } = this.#parts;
    let commentId = delivery.comment_id;
    let told: string | null = null;
    let refusals = 0;
    let pauses = growingPauses(reportPauseMs);
    while (!signal.aborted) {
      const changed = this.#nextChange(delivery.work_order_id);
      try {
        const report = await this.#read(delivery);
        if (report.text === told) {
          await Promise.race([changed, this.#ending.promise]);
          continue;
        }
        commentId = await this.#tell({ ...delivery, comment_id: commentId }, report, refusals >= MAX_REFUSALS);
        // It may have been taken up again in the meantime.
        if (report.isFinal && (await this.#read(delivery)).isFinal) break;
        told = report.text;
        refusals = 0;
        pauses = growingPauses(reportPauseMs);
        await clock.sleep(reportPauseMs, signal);
      } catch (error) {
        if (signal.aborted) break;
        if (!hasCode(error, 'forge_unavailable') && !hasCode(error, 'store_unavailable')) refusals += 1;
        this.#parts.log.warn('comment_waits', { delivery_id: delivery.delivery_id, refusals, err: error });
        await clock.sleep(pauses.next().value, signal);
      }
    }
    if (delivery.work_order_id) this.#onEvents.delete(delivery.work_order_id);
  }

  /** Asked for before the state is read, so that no event falls in between. */
  #nextChange(workOrderId: WorkOrderId | null): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (workOrderId) this.#onEvents.set(workOrderId, resolve);
    return promise;
  }

  async #read({ delivery_id, work_order_id: workOrderId, reason }: Delivery): Promise<IssueReport> {
    const { store, publicUrl } = this.#parts;
    if (!workOrderId) return refusalReport({ marker: markerOf(delivery_id), reason: reason ?? 'It was refused.' });
    const history = await store.stepHistory({ workOrderId });
    if (!history) throw new WorkOrderError('work_order_not_found', `Work order ${workOrderId} not found.`);
    return workOrderReport({ ...history, publicUrl });
  }

  /** Makes or changes the comment and keeps which it is; `giveUp` only notes that there is nothing more to try. */
  async #tell(delivery: Delivery, { text, marker, isFinal }: IssueReport, giveUp: boolean): Promise<string | null> {
    const { store, redactor, forges, reach, signal, log } = this.#parts;
    const { delivery_id: deliveryId, repository_url: repositoryUrl, issue_number: number } = delivery;
    let commentId = delivery.comment_id;
    if (giveUp) log.error('comment_given_up', { delivery_id: deliveryId, repository_url: repositoryUrl, number });
    else {
      const forge = forges.forRepository({ repositoryUrl });
      const comment = { repositoryUrl, number, commentId, marker, body: redactor.text(text), signal };
      commentId = (await forge.keepComment(comment))?.id ?? null;
      await reach('after_comment_kept', null);
    }
    const change = { comment_id: commentId, settled: isFinal };
    await store.changeDelivery({ deliveryId, change });
    return commentId;
  }
}
