import { decide } from '../domain/decide.ts';
import { WorkOrderError, hasCode } from '../domain/errors.ts';
import type { NewEvent, WorkOrderEvent } from '../domain/event.ts';
import { evolve } from '../domain/project.ts';
import type { Redactor } from '../domain/redact.ts';
import type { TimelessCommand, WorkOrder } from '../domain/work-order.ts';
import { isTerminal } from '../domain/work-order.ts';
import type { Clock } from '../ports/clock.ts';
import type { Claim } from '../ports/dispatcher.ts';
import type { Store } from '../ports/store.ts';
import type { Log } from '../ports/telemetry.ts';
import { redactCommand } from './redact-command.ts';

const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;
const PAGE = 1_000;
/**
 * Writes the history of one running work order, in order, each record as one durable write.
 *
 * While the store refuses (disk full, locked), the workflow goes on: records are applied in memory, kept in order and
 * tried again with back-off until they are saved. Effects and terminal statuses wait for `settled`.
 *
 * Secrets are taken out before anything is decided, so that what is decided, shown and saved is the same.
 *
 * A writer that was outdone, by a newer claim or by an end that came from outside, saves nothing more: `record` and
 * `settled` reject with `store_fenced`.
 */
export class HistoryWriter {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #claim: Claim;
  readonly #redactor: Redactor;
  readonly #onOutdone: () => void;
  #saved: WorkOrder;
  #current: WorkOrder;
  /** One element a record; its events are saved together. */
  readonly #unsaved: NewEvent[][] = [];
  #saving: Promise<void> | null = null;
  #problem: string | null = null;
  #outdone: WorkOrderError | null = null;
  readonly #stopped = new AbortController();
  /** Those who wait for a first try and are let go when the store refuses it. */
  readonly #waiting: (() => void)[] = [];

  constructor(input: {
    readonly store: Store;
    readonly clock: Clock;
    readonly log: Log;
    readonly claim: Claim;
    readonly redactor: Redactor;
    readonly workOrder: WorkOrder;
    /** Called once, when another owner has taken over or ended the work order. */
    readonly onOutdone: () => void;
  }) {
    this.#store = input.store;
    this.#clock = input.clock;
    this.#log = input.log;
    this.#claim = input.claim;
    this.#redactor = input.redactor;
    this.#saved = input.workOrder;
    this.#current = input.workOrder;
    this.#onOutdone = input.onOutdone;
  }

  /** The state with everything recorded so far, saved or not. */
  get workOrder(): WorkOrder {
    return this.#current;
  }

  /** What the store has refused so far, in order. */
  get unsaved(): readonly NewEvent[] {
    return this.#problem === null ? [] : this.#unsaved.flat();
  }

  /** Why records wait; null when they do not. */
  get problem(): string | null {
    return this.#problem;
  }

  /**
   * Decides a command and writes what follows. Resolves when it is saved, or when the store has refused it (it is then
   * kept and tried again); returns what was recorded. Rejects with `transition_refused` or `store_fenced`; nothing was
   * recorded then.
   */
  async record(command: TimelessCommand): Promise<readonly NewEvent[]> {
    if (this.#outdone) throw this.#outdone;
    const at = this.#clock.now().toISOString();
    // A clock that was set back must not let the history run backwards.
    const events = decide(
      {
        ...redactCommand(this.#redactor, command),
        at: at > this.#current.updated_at ? at : this.#current.updated_at,
      },
      this.#current,
    );
    if (events.length === 0) return events;
    this.#unsaved.push([...events]);
    for (const event of events) this.#current = evolve(this.#current, event, this.#claim.workOrderId);
    const saving = this.#save();
    if (this.#problem === null) await Promise.race([saving, this.#refused()]);
    if (this.#outdone) throw this.#outdone;
    return events;
  }

  /** Resolves when everything recorded is saved; rejects when outdone, or with the reason of `signal`. */
  async settled(signal: AbortSignal): Promise<void> {
    while (this.#unsaved.length > 0 && !this.#outdone) {
      signal.throwIfAborted();
      await Promise.race([this.#save(), aborted(signal)]);
    }
    if (this.#outdone) throw this.#outdone;
  }

  /** Tries no more. What is unsaved then is lost with the process, and recovery runs those steps again. */
  stop(): void {
    this.#stopped.abort();
  }

  #refused(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** One loop at a time saves, so that the order of writes is the order of records. */
  #save(): Promise<void> {
    if (!this.#mustSave()) return Promise.resolve();
    this.#saving ??= this.#saveAll();
    return this.#saving;
  }

  #mustSave(): boolean {
    return this.#unsaved.length > 0 && !this.#outdone && !this.#stopped.signal.aborted;
  }

  async #saveAll(): Promise<void> {
    let delayMs = FIRST_RETRY_MS;
    while (this.#mustSave()) {
      if (await this.#saveFirst()) {
        delayMs = FIRST_RETRY_MS;
      } else if (this.#mustSave()) {
        await this.#clock.sleep(delayMs, this.#stopped.signal);
        delayMs = Math.min(delayMs * 2, LONGEST_RETRY_MS);
      }
    }
    // In the same turn as the check above, so that no record can slip in between and wait for nobody.
    this.#saving = null;
    if (this.#unsaved.length === 0) this.#problem = null;
    this.#releaseWaiting();
  }

  /** Returns whether there is a reason to go on at once. */
  async #saveFirst(): Promise<boolean> {
    const events = this.#unsaved[0] ?? [];
    const begunMs = this.#clock.monotonicMs();
    try {
      const saved = await this.#store.append({
        workOrderId: this.#claim.workOrderId,
        expectedSeq: this.#saved.last_seq,
        epoch: this.#claim.epoch,
        events,
      });
      this.#unsaved.shift();
      for (const event of saved) this.#saved = evolve(this.#saved, event, this.#claim.workOrderId);
      this.#logSaved(saved, this.#clock.monotonicMs() - begunMs);
      return true;
    } catch (error) {
      if (hasCode(error, 'store_fenced')) {
        this.#giveUp(error);
        return false;
      }
      if (hasCode(error, 'store_conflict') && (await this.#catchUp())) return true;
      this.#logRefused(events, error, this.#clock.monotonicMs() - begunMs);
      this.#problem = error instanceof Error ? error.message : String(error);
      this.#releaseWaiting();
      return false;
    }
  }

  /**
   * Reads what stands in the store beyond what this writer has seen: a record of its own whose answer was lost, or
   * somebody else's (a wish to cancel), behind which the unsaved records are put.
   */
  async #catchUp(): Promise<boolean> {
    let unseen: readonly WorkOrderEvent[];
    try {
      const { workOrderId } = this.#claim;
      unseen = await this.#store.events({ workOrderId, after: this.#saved.last_seq, limit: PAGE });
    } catch {
      return false;
    }
    if (isSame(unseen, this.#unsaved[0] ?? [])) this.#unsaved.shift();
    for (const event of unseen) this.#saved = evolve(this.#saved, event, this.#claim.workOrderId);
    if (isTerminal(this.#saved.status)) {
      this.#giveUp(
        new WorkOrderError('store_fenced', `Somebody else has ended the work order: ${this.#saved.status}.`),
      );
      return false;
    }
    this.#current = this.#saved;
    for (const event of this.#unsaved.flat()) this.#current = evolve(this.#current, event, this.#claim.workOrderId);
    return unseen.length > 0;
  }

  #giveUp(error: WorkOrderError): void {
    this.#outdone = error;
    this.#problem = null;
    this.#log.warn('work_order_outdone', { agent_work_order_id: this.#claim.workOrderId, reason: error.message });
    this.#onOutdone();
  }

  #releaseWaiting(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  #logSaved(events: readonly WorkOrderEvent[], tookMs: number): void {
    for (const event of events) {
      this.#log.info('step_history_saved', { ...this.#describe(event), seq: event.seq, ms: round(tookMs) });
    }
  }

  #logRefused(events: readonly NewEvent[], err: unknown, tookMs: number): void {
    for (const [index, event] of events.entries()) {
      const seq = this.#saved.last_seq + 1 + index;
      this.#log.error('step_history_save_failed', { ...this.#describe(event), seq, ms: round(tookMs), err });
    }
  }

  #describe(event: NewEvent | WorkOrderEvent) {
    const attempt = 'attempt' in event.data ? { step: event.data.step, attempt: event.data.attempt } : {};
    return { agent_work_order_id: this.#claim.workOrderId, type: event.type, ...attempt };
  }
}

/** Whether the first of `saved` are these events: those were written, only the answer did not arrive. */
function isSame(saved: readonly WorkOrderEvent[], events: readonly NewEvent[]): boolean {
  return (
    saved.length >= events.length &&
    events.every(({ type, occurred_at, data }, index) => {
      const other = saved[index];
      return (
        other?.type === type && other.occurred_at === occurred_at && JSON.stringify(other.data) === JSON.stringify(data)
      );
    })
  );
}

function round(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}

/** Resolves when the signal aborts. */
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
