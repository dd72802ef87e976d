import type { Delivery, DeliveryChange } from '../domain/delivery.ts';
import { wishOf } from '../domain/delivery.ts';
import { hasCode, WorkOrderError } from '../domain/errors.ts';
import type { WorkOrderId } from '../domain/ids.ts';
import type { ReceivedWebhook } from '../ports/webhooks.ts';
import type { IntakeParts } from './intake-parts.ts';
import { IssueReporter } from './issue-reporter.ts';
import { growingPauses } from './pauses.ts';

const PAGE = 100;

/** What the door that takes webhooks can ask. */
export interface IntakeDoor {
  /**
   * Keeps what a forge tells and returns at once; what it asks for happens behind it, and after a crash all the same.
   * The same delivery again gives the same work order. Rejects with `repository_url_refused` or `store_unavailable`.
   */
  take(
    webhook: ReceivedWebhook & { readonly kind: 'news' },
  ): Promise<{ readonly workOrderId: WorkOrderId | null; readonly taken: boolean; readonly message: string }>;
}

/**
 * Makes work orders of what forges tell by webhook, and answers on the issue. A delivery is kept before it is answered;
 * everything that asks the forge comes after, in its own time: who may, the work order, the comment until its end.
 */
export class Intake implements IntakeDoor {
  readonly #parts: IntakeParts;
  readonly #reporter: IssueReporter;
  readonly #stopped = new AbortController();
  readonly #following = new Map<string, Promise<void>>();
  readonly #stopListening: () => void;
  #takingUp: Promise<void> = Promise.resolve();

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    this.#reporter = new IssueReporter({ ...parts, signal: this.#stopped.signal });
    this.#stopListening = parts.store.onChange(({ kind }) => {
      if (kind === 'delivery') this.start();
    });
  }

  /** Takes up what an earlier process left unfinished, and what was reopened; one look at a time. */
  start(): void {
    const onError = (err: unknown) => this.#parts.log.error('deliveries_not_taken_up', { err });
    this.#takingUp = this.#takingUp.then(() => this.#takeUp()).catch(onError);
  }

  /** What is unfinished is taken up by the next start. */
  async stop(): Promise<void> {
    this.#stopListening();
    this.#stopped.abort();
    await this.#takingUp;
    await Promise.all(this.#following.values());
    this.#reporter.stop();
  }

  async take({ forge, deliveryId, bodyHash, news }: ReceivedWebhook & { readonly kind: 'news' }) {
    const { store, clock, log, redactor, repositories, reach, label } = this.#parts;
    const wish = wishOf(news, label);
    if (wish.wish === null) return { workOrderId: null, taken: false, message: wish.reason };
    const { issue_number, is_pull_request, user, url } = news;
    const delivery = {
      ...wish,
      user_request: redactor.own(wish.user_request),
      delivery_id: redactor.own(deliveryId),
      body_hash: bodyHash,
      forge,
      repository_url: await repositories.accept({ repositoryUrl: news.repository_url }),
      issue_number,
      is_pull_request,
      user: redactor.own(user),
      url: redactor.own(url),
      received_at: clock.now().toISOString(),
    };
    const kept = await store.keepDelivery({ delivery });
    if (!kept.delivery || kept.delivery.wish === 'unlabelled') {
      return { workOrderId: null, taken: false, message: 'The label is not on the issue.' };
    }
    log.info('delivery_kept', { delivery_id: delivery.delivery_id, is_new: kept.isNew, ...placeOf(kept.delivery) });
    await reach('after_delivery_kept', null);
    this.#follow(kept.delivery);
    return { workOrderId: kept.delivery.work_order_id, taken: true, message: messageOf(kept.delivery, kept.isNew) };
  }

  async #takeUp(): Promise<void> {
    const { store } = this.#parts;
    for (let after = 0; ;) {
      const page = await this.#untilDone(() => store.openDeliveries({ after, limit: PAGE }));
      if (!page) return;
      for (const delivery of page.deliveries) this.#follow(delivery);
      if (page.deliveries.length < PAGE) return;
      after = page.next;
    }
  }

  /** Each delivery is seen to its end by one. */
  #follow(delivery: Delivery): void {
    const { delivery_id: id } = delivery;
    if (delivery.settled || this.#following.has(id) || this.#stopped.signal.aborted) return;
    const ended = this.#seeToItsEnd(delivery).finally(() => this.#following.delete(id));
    this.#following.set(id, ended);
  }

  async #seeToItsEnd(delivery: Delivery): Promise<void> {
    try {
      const decided = delivery.status === 'received' ? await this.#decide(delivery) : delivery;
      if (decided && !decided.settled) await this.#reporter.report(decided);
    } catch (error) {
      if (this.#stopped.signal.aborted) return;
      this.#parts.log.error('delivery_broken', { delivery_id: delivery.delivery_id, err: error });
    }
  }

  /** Null when the service ends before it is decided. */
  async #decide(delivery: Delivery): Promise<Delivery | null> {
    const { store, log, reach } = this.#parts;
    const change = await this.#untilDone(() => this.#verdictOn(delivery));
    if (!change) return null;
    if (change.work_order_id) await reach('after_delivery_accepted', null);
    const { delivery_id: deliveryId } = delivery;
    const kept = await this.#untilDone(async () => {
      await store.changeDelivery({ deliveryId, change });
      return true;
    });
    if (!kept) return null;
    const { status, reason, work_order_id } = change;
    log.info('delivery_decided', { delivery_id: deliveryId, status, reason, work_order_id, ...placeOf(delivery) });
    return { ...delivery, ...change };
  }

  /** What becomes of a delivery. Rejects with what passes: a forge or a store that is away. */
  async #verdictOn(delivery: Delivery): Promise<DeliveryChange> {
    const { forges } = this.#parts;
    const { repository_url: repositoryUrl, user, is_pull_request: isPullRequest } = delivery;
    try {
      const forge = forges.forRepository({ repositoryUrl });
      if (!(await forge.mayPush({ repositoryUrl, user, signal: this.#stopped.signal }))) {
        return { status: 'ignored', reason: `${user} may not push to ${repositoryUrl}.`, settled: true };
      }
    } catch (error) {
      if (!(error instanceof WorkOrderError) || isPassing(error)) throw error;
      return { status: 'ignored', reason: `It is not known whether ${user} may push: ${error.message}`, settled: true };
    }
    if (isPullRequest) {
      const reason = 'Work orders begin on issues; a comment on a pull request cannot make one yet.';
      return { status: 'refused', reason };
    }
    return this.#submit(delivery);
  }

  async #submit({ delivery_id, repository_url, user_request, issue_number, ...by }: Delivery): Promise<DeliveryChange> {
    const requestedBy = { forge: by.forge, user: by.user, url: by.url };
    try {
      const { workOrder } = await this.#parts.workOrders.submit({
        submission: {
          repositoryUrl: repository_url,
          userRequest: user_request,
          githubIssueNumber: issue_number,
          requestedBy,
        },
        idempotencyKey: `delivery ${delivery_id}`,
      });
      return { status: 'accepted', work_order_id: workOrder.agent_work_order_id };
    } catch (error) {
      if (!(error instanceof WorkOrderError) || isPassing(error)) throw error;
      this.#parts.log.warn('delivery_refused', { delivery_id, err: error });
      // The particulars are of this machine, and the issue may be public.
      return { status: 'refused', reason: `${error.definition.title}. ${error.definition.nextStep}` };
    }
  }

  /** Tries again while something passes; null when the service ends before. */
  async #untilDone<Value>(run: () => Promise<Value>): Promise<Value | null> {
    const { clock, log } = this.#parts;
    const { signal } = this.#stopped;
    for (const pauseMs of growingPauses()) {
      if (signal.aborted) return null;
      try {
        return await run();
      } catch (error) {
        if (signal.aborted) return null;
        if (!isPassing(error)) throw error;
        log.warn('intake_waits', { err: error, pause_ms: pauseMs });
        await clock.sleep(pauseMs, signal);
      }
    }
    return null;
  }
}

function isPassing(error: unknown): boolean {
  return hasCode(error, 'forge_unavailable') || hasCode(error, 'store_unavailable');
}

function placeOf({ repository_url, issue_number, user, wish }: Delivery) {
  return { repository_url, issue_number, user, wish };
}

function messageOf({ status, reason, work_order_id: id }: Delivery, isNew: boolean): string {
  if (id) return `The work order was made. Follow it at /agent-work-orders/${id}/steps.`;
  if (isNew || status === 'received') return 'The delivery was taken in; the work order is made behind it.';
  return reason ?? 'The delivery was taken in before.';
}
