import type { WorkOrderView } from '../../../src/contract/work-order.ts';
import type { WorkOrderEvent } from '../../../src/domain/event.ts';
import type { Connection, StreamMessage } from './event-stream.ts';
import { followStream } from './event-stream.ts';
import { request } from './request.ts';
import { workOrderPath } from './work-orders.ts';

export interface ChangesView {
  readonly connection: Connection;
  /**
   * How often the stream was opened: a list that is read after that misses nothing, since what it does not show yet is
   * in `changed` soon.
   */
  readonly openings: number;
  /** Work orders to which something has happened since, each as it was when it was last read; oldest change first. */
  readonly changed: ReadonlyMap<string, WorkOrderView>;
}

/** The least time between two requests: with many agents at work something happens all the time. */
const PAUSE_MS = 250;
/** Where the store cannot be read for a while. */
const PAUSE_AFTER_FAILURE_MS = 2_000;
/** Beyond so many that wait to be read, reading the lists again is cheaper. */
const MAX_WAITING = 20;

/**
 * What happens to all work orders, for lists of them: one stream tells which ones, and each is read again by itself. An
 * external store for `useSyncExternalStore`; it follows the stream while somebody listens.
 */
export class WorkOrderChanges {
  private view: ChangesView = { connection: { state: 'connecting' }, openings: 0, changed: new Map() };
  private readonly listeners = new Set<() => void>();
  private readonly waiting = new Set<string>();
  private timer: number | undefined;
  private running: AbortController | null = null;
  private close: (() => void) | null = null;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    if (this.listeners.size === 1) this.follow();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.stop();
    };
  };

  readonly getView = (): ChangesView => this.view;

  private follow(): void {
    this.close = followStream<WorkOrderEvent>({
      path: '/events?after=latest',
      beginsAnew: true,
      onOpen: () => this.show({ openings: this.view.openings + 1 }),
      onMessages: (messages) => this.take(messages),
      onConnection: (connection) => this.show({ connection }),
    });
  }

  private stop(): void {
    this.close?.();
    this.close = null;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.running?.abort();
    this.running = null;
    this.waiting.clear();
    // Whoever comes back waits for the next opening; what was read until now is still later than some list.
    this.show({ connection: { state: 'connecting' }, openings: 0 });
  }

  private take(messages: readonly StreamMessage<WorkOrderEvent>[]): void {
    for (const { data } of messages) this.waiting.add(data.agent_work_order_id);
    if (this.waiting.size > MAX_WAITING) {
      this.waiting.clear();
      this.show({ openings: this.view.openings + 1 });
    }
    this.readLater(0);
  }

  private readLater(pauseMs: number): void {
    if (this.timer !== undefined || this.running || this.waiting.size === 0) return;
    this.timer = window.setTimeout(() => void this.readNext(), pauseMs);
  }

  private async readNext(): Promise<void> {
    this.timer = undefined;
    const [id] = this.waiting;
    if (id === undefined) return;
    this.waiting.delete(id);
    const running = new AbortController();
    this.running = running;
    const workOrder = await request<WorkOrderView>(workOrderPath(id), { signal: running.signal }).catch(() => null);
    // Nobody listens any more.
    if (this.running !== running) return;
    this.running = null;
    if (workOrder) {
      const changed = new Map(this.view.changed);
      changed.delete(id);
      this.show({ changed: changed.set(id, workOrder) });
    } else {
      this.waiting.add(id);
    }
    this.readLater(workOrder ? PAUSE_MS : PAUSE_AFTER_FAILURE_MS);
  }

  private show(change: Partial<ChangesView>): void {
    this.view = { ...this.view, ...change };
    for (const listener of this.listeners) listener();
  }
}
