import { TERMINAL_EVENT_TYPES } from '../domain/event.ts';
import type { WorkOrderId } from '../domain/ids.ts';
import type { WorkOrder } from '../domain/work-order.ts';
import { isTerminal } from '../domain/work-order.ts';
import type { LogFilter, Store } from '../ports/store.ts';
import { previewOf } from './log-preview.ts';
import type { Feed } from './follow.ts';

const EVENTS_A_PAGE = 50;
const LOG_ENTRIES_A_PAGE = 200;
const LOG_BYTES_A_PAGE = 256 * 1024;

interface FeedInput {
  readonly store: Store;
  readonly workOrderId: WorkOrderId;
  /** The seq of what the reader has already. */
  readonly after: number;
}

/** The events of a work order; ends when its latest terminal event was sent and nothing follows. */
export function eventFeed({ store, workOrderId, after }: FeedInput): Feed {
  let cursor = after;
  let ended = false;
  return {
    async read() {
      const events = await store.events({ workOrderId, after: cursor, limit: EVENTS_A_PAGE });
      if (events.length === 0) return ended ? null : [];
      for (const { seq, type } of events) {
        cursor = seq;
        if (TERMINAL_EVENT_TYPES.has(type)) ended = true;
        else if (type === 'work_order_reopened') ended = false;
      }
      return events.map((event) => ({ id: event.seq, data: event }));
    },
    subscribe: (wake) =>
      store.onChange((change) => {
        if (change.kind === 'events' && change.workOrderId === workOrderId) wake();
      }),
  };
}

interface LogFeedInput extends FeedInput {
  readonly filter: LogFilter;
  /** Longer texts are cut, in characters. */
  readonly maxLength: number | undefined;
}

/** The log entries of a work order that fit a filter; ends when the work order has ended and all were sent. */
export function logFeed({ store, workOrderId, after, filter, maxLength }: LogFeedInput): Feed {
  let cursor = after;
  let committed = after;
  const readPage = async () => {
    const known = committed;
    const entries = await store.log({
      workOrderId,
      after: cursor,
      limit: LOG_ENTRIES_A_PAGE,
      maxBytes: LOG_BYTES_A_PAGE,
      filter,
    });
    // Nothing up to here fits the filter, so the next read need not look through it again.
    cursor = entries.at(-1)?.seq ?? Math.max(cursor, known);
    return entries.map((entry) => ({ id: entry.seq, data: previewOf(entry, maxLength) }));
  };
  return {
    async read() {
      const messages = await readPage();
      if (messages.length > 0) return messages;
      const workOrder = await store.workOrder({ workOrderId });
      if (!workOrder || !isTerminal(workOrder.status)) return [];
      // What was written between the first read and the end.
      const last = await readPage();
      return last.length > 0 ? last : null;
    },
    subscribe: (wake) =>
      store.onChange((change) => {
        if (change.workOrderId !== workOrderId) return;
        if (change.kind === 'log') committed = Math.max(committed, change.lastSeq);
        wake();
      }),
  };
}

/** The events of all work orders by position; never ends. */
export function allEventsFeed({ store, after }: { readonly store: Store; readonly after: number }): Feed {
  let cursor = after;
  return {
    async read() {
      const events = await store.allEvents({ after: cursor, limit: EVENTS_A_PAGE });
      cursor = events.at(-1)?.position ?? cursor;
      return events.map((event) => ({ id: event.position, data: event }));
    },
    subscribe: (wake) =>
      store.onChange((change) => {
        if (change.kind === 'events') wake();
      }),
  };
}

/**
 * The seq of the event that ended the work order, or null while it has not ended. Looked for from the end of the
 * history, where it is but for notes that came later.
 */
export async function latestTerminalSeq(store: Store, workOrder: WorkOrder): Promise<number | null> {
  if (!isTerminal(workOrder.status)) return null;
  for (let end = workOrder.last_seq; end > 0; end -= EVENTS_A_PAGE) {
    const after = Math.max(0, end - EVENTS_A_PAGE);
    const events = await store.events({
      workOrderId: workOrder.agent_work_order_id,
      after,
      limit: end - after,
    });
    const terminal = events.findLast(({ type }) => TERMINAL_EVENT_TYPES.has(type));
    if (terminal) return terminal.seq;
  }
  return null;
}
