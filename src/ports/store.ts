import type { Spending } from '../domain/budget.ts';
import type { Delivery, DeliveryChange, NewDelivery } from '../domain/delivery.ts';
import type { NewEvent, WorkOrderEvent } from '../domain/event.ts';
import type { WorkOrderId } from '../domain/ids.ts';
import type { Message } from '../domain/message.ts';
import type { EndedAttempt, Usage } from '../domain/step.ts';
import type { StepDuration } from '../domain/usual-duration.ts';
import type { WorkOrder, WorkOrderStatus } from '../domain/work-order.ts';
import type { StepName } from '../domain/workflow.ts';
import type { Claim } from './dispatcher.ts';
import type { KnownRepositoryStore } from './known-repository-store.ts';

/** One line of what an agent or the service said during an attempt, as it is on the wire. */
export interface LogEntry {
  /** From 1 within the work order, without a gap. */
  readonly seq: number;
  readonly timestamp: string;
  readonly level: LogLevel;
  /** What kind of line: `text`, `thinking`, `tool_call`, `tool_result`, `stderr`, `progress`, … */
  readonly event: string;
  readonly step: StepName | null;
  readonly attempt: number | null;
  readonly message: string;
  readonly data: unknown;
}

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export type NewLogEntry = Omit<LogEntry, 'seq'>;

export interface LogFilter {
  readonly step?: StepName;
  /** This level and what is worse. */
  readonly level?: LogLevel;
  /** Entries at or after this time. */
  readonly since?: string;
  /** Entries of one of these kinds. */
  readonly events?: readonly string[];
  /** Entries whose message or data has this text in it; A to Z are the same as a to z. */
  readonly text?: string;
}

/** What has been committed since: enough to know that reading again pays. */
export type StoreChange =
  | { readonly kind: 'events'; readonly workOrderId: WorkOrderId; readonly lastSeq: number; readonly position: number }
  | { readonly kind: 'log'; readonly workOrderId: WorkOrderId; readonly lastSeq: number }
  /** The work order of a delivery that was settled was taken up again. */
  | { readonly kind: 'delivery'; readonly workOrderId: WorkOrderId };

/**
 * Where the history lives. Every write is durable when its promise resolves, and has not happened when it rejects
 * with `store_conflict`, `store_fenced` or `transition_refused`. Any method rejects with `store_unavailable` (its
 * cause says why) when the medium refuses; a write is then known not to have happened and may be tried again.
 * No read or write grows with the number of work orders beyond an index look-up.
 */
export interface Store extends KnownRepositoryStore, AsyncDisposable {
  /**
   * Saves the first event of a new work order, and those that follow it at once. With a key that was used before
   * nothing is written and the earlier work order is returned; with a key that was used for another request
   * (`requestHash` differs) it rejects with `idempotency_key_reused`.
   */
  create(input: {
    readonly workOrderId: WorkOrderId;
    readonly event: NewEvent;
    readonly more?: readonly NewEvent[];
    readonly idempotency: { readonly key: string; readonly requestHash: string } | null;
  }): Promise<{ readonly workOrder: WorkOrder; readonly created: boolean }>;

  /**
   * Appends events and updates the projections `work_orders` and `attempts`, in one transaction. `expectedSeq` is the
   * seq of the latest event the writer has seen; another one is `store_conflict`. `epoch` is that of the writer's
   * claim, or null for a writer that holds none (a command from outside): an older claim is `store_fenced`. A work order
   * that is reopened has its delivery unsettled in the same transaction.
   */
  append(input: {
    readonly workOrderId: WorkOrderId;
    readonly expectedSeq: number;
    readonly epoch: number | null;
    readonly events: readonly NewEvent[];
  }): Promise<readonly WorkOrderEvent[]>;

  /** Takes a work order: raises its epoch, so that every earlier owner is fenced out. Null when it does not exist. */
  claim(input: {
    readonly workOrderId: WorkOrderId;
    readonly owner: string;
    readonly at: string;
  }): Promise<(Claim & { readonly workOrder: WorkOrder }) | null>;
  /** Ids with one of the statuses, oldest first; `after` is the last one of the page before. */
  claimable(input: {
    readonly statuses: readonly WorkOrderStatus[];
    readonly after: WorkOrderId | null;
    readonly limit: number;
  }): Promise<readonly WorkOrderId[]>;
  /** The work order that goes on first by itself, of all that wait for a time; null when none does. */
  firstWaiting(): Promise<{ readonly workOrderId: WorkOrderId; readonly until: string } | null>;

  workOrder(input: { readonly workOrderId: WorkOrderId }): Promise<WorkOrder | null>;
  /**
   * Newest first. `cursor` is what an earlier page returned; null begins. A text is looked for in the request, the URL
   * of the repository and the id, with A to Z in either case: that reads all that the rest of the filter lets through.
   */
  workOrders(input: {
    readonly statuses?: readonly WorkOrderStatus[];
    readonly repositoryUrl?: string;
    readonly text?: string;
    readonly limit: number;
    readonly cursor: string | null;
  }): Promise<{ readonly workOrders: readonly WorkOrder[]; readonly nextCursor: string | null }>;
  /** The ended attempts in the order of their ends, with the state of the same moment. */
  stepHistory(input: {
    readonly workOrderId: WorkOrderId;
  }): Promise<{ readonly workOrder: WorkOrder; readonly attempts: readonly EndedAttempt[] } | null>;

  /**
   * How long successful attempts took, by this agent or by none, the newest work order first: of the latest work orders
   * of a repository, or of all when it is null. Costs the same however long the history is.
   */
  stepDurations(input: {
    readonly agent: string;
    readonly repositoryUrl: string | null;
    /** The one that is compared. */
    readonly besides: WorkOrderId;
  }): Promise<readonly StepDuration[]>;

  /** Events of one work order after a seq, in order; at most `limit`. */
  events(input: {
    readonly workOrderId: WorkOrderId;
    readonly after: number;
    readonly limit: number;
  }): Promise<readonly WorkOrderEvent[]>;
  /** Events of all work orders after a position, in order; at most `limit`. */
  allEvents(input: { readonly after: number; readonly limit: number }): Promise<readonly WorkOrderEvent[]>;
  /** The position of the latest event of all work orders; 0 before the first. */
  lastPosition(): Promise<number>;

  /** Appends log entries in order, in one transaction; returns the seq of the last. */
  appendLog(input: { readonly workOrderId: WorkOrderId; readonly entries: readonly NewLogEntry[] }): Promise<number>;
  /** Log entries after a seq, in order; at most `limit` entries and about `maxBytes` of messages, but at least one. */
  log(input: {
    readonly workOrderId: WorkOrderId;
    readonly after: number;
    readonly limit: number;
    readonly maxBytes: number;
    readonly filter: LogFilter;
  }): Promise<readonly LogEntry[]>;
  /** A page of the log by offset, with the number of all that fit the filter. */
  logPage(input: {
    readonly workOrderId: WorkOrderId;
    readonly offset: number;
    readonly limit: number;
    readonly filter: LogFilter;
  }): Promise<{ readonly entries: readonly LogEntry[]; readonly total: number }>;

  /** What the attempts that ended on a UTC day have spent: those at a repository, and all. */
  dailySpending(input: {
    readonly day: string;
    readonly repositoryUrl: string;
  }): Promise<{ readonly repository: Spending; readonly service: Spending }>;
  /** The last that the log has of an attempt: when it said something, and the usage it told; null where it has none. */
  lastSigns(input: {
    readonly workOrderId: WorkOrderId;
    readonly step: StepName;
    readonly attempt: number;
  }): Promise<{ readonly at: string | null; readonly usage: Usage | null }>;

  /** The exact prompt of an attempt, or null when none was given. */
  prompt(input: {
    readonly workOrderId: WorkOrderId;
    readonly step: StepName;
    readonly attempt: number;
  }): Promise<string | null>;
  /** Every message for the agents of a work order, in the order in which they came; empty for an unknown one. */
  messages(input: { readonly workOrderId: WorkOrderId }): Promise<readonly Message[]>;
  /** A version of the plan (the latest when null), or null when there is none. */
  plan(input: {
    readonly workOrderId: WorkOrderId;
    readonly version: number | null;
  }): Promise<{ readonly version: number; readonly path: string; readonly markdown: string } | null>;

  /**
   * Keeps what a forge has told by webhook. The same number or the same body again gives what was kept the first time,
   * and so does a label that is on already where the forge does not say which one is new. Null for a label taken off
   * that was not on.
   */
  keepDelivery(input: {
    readonly delivery: NewDelivery;
  }): Promise<{ readonly delivery: Delivery | null; readonly isNew: boolean }>;
  changeDelivery(input: { readonly deliveryId: string; readonly change: DeliveryChange }): Promise<void>;
  /** Deliveries that are not settled, oldest first; `next` is the `after` of the following page, 0 begins. */
  openDeliveries(input: {
    readonly after: number;
    readonly limit: number;
  }): Promise<{ readonly deliveries: readonly Delivery[]; readonly next: number }>;

  /** Calls the listener after each commit of this process; returns how to stop. The listener must not throw. */
  onChange(listener: (change: StoreChange) => void): () => void;
  /** Null when reads work now, else the reason. Never rejects. */
  problem(): Promise<string | null>;
}
