import type { WorkOrderEvent } from '../../../src/domain/event.ts';
import type { WorkOrderId } from '../../../src/domain/ids.ts';
import { evolve } from '../../../src/domain/project.ts';
import type { EndedAttempt } from '../../../src/domain/step.ts';
import type { WorkOrder } from '../../../src/domain/work-order.ts';
import type { Connection, StreamMessage } from './event-stream.ts';
import { followStream } from './event-stream.ts';
import { workOrderPath } from './work-orders.ts';

export interface HistoryView {
  readonly connection: Connection;
  /** Null until the first events are there. */
  readonly workOrder: WorkOrder | null;
  readonly events: readonly WorkOrderEvent[];
  /** In the order of their ends. */
  readonly attempts: readonly EndedAttempt[];
}

/**
 * The history of one work order as it is written: its events, and what the same pure functions as in the service make of
 * them. An external store for `useSyncExternalStore`; it follows its stream while somebody listens, and goes on where
 * it was when somebody listens again.
 */
export class WorkOrderHistory {
  private view: HistoryView = { connection: { state: 'connecting' }, workOrder: null, events: [], attempts: [] };
  private readonly listeners = new Set<() => void>();
  private close: (() => void) | null = null;
  private readonly id: WorkOrderId;

  constructor(id: WorkOrderId) {
    this.id = id;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    if (this.listeners.size === 1) this.follow();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.stop();
    };
  };

  readonly getView = (): HistoryView => this.view;

  /** Looks again: an ended work order may have been taken up again. */
  readonly follow = (): void => {
    this.stop();
    this.close = followStream<WorkOrderEvent>({
      path: workOrderPath(this.id, '/events'),
      after: this.lastId(),
      onMessages: (messages) => this.take(messages),
      onConnection: (connection) => this.show({ ...this.view, connection }),
    });
  };

  private stop(): void {
    this.close?.();
    this.close = null;
  }

  private lastId(): string | undefined {
    const last = this.view.events.at(-1);
    return last && String(last.seq);
  }

  private take(messages: readonly StreamMessage<WorkOrderEvent>[]): void {
    let { workOrder } = this.view;
    const known = this.view.events.at(-1)?.seq ?? 0;
    const events = messages.map(({ data }) => data).filter(({ seq }) => seq > known);
    for (const event of events) workOrder = evolve(workOrder, event, this.id);
    const ended = events.flatMap((event) => attemptsOf(event));
    this.show({
      ...this.view,
      workOrder,
      events: [...this.view.events, ...events],
      attempts: ended.length > 0 ? [...this.view.attempts, ...ended] : this.view.attempts,
    });
  }

  private show(view: HistoryView): void {
    this.view = view;
    for (const listener of this.listeners) listener();
  }
}

/** A fork begins with the attempts of its origin. */
function attemptsOf(event: WorkOrderEvent): readonly EndedAttempt[] {
  if (event.type === 'attempt_finished') return [event.data];
  return event.type === 'attempts_inherited' ? event.data.attempts : [];
}
