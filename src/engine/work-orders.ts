import type { StepName } from '../domain/workflow.ts';
import type { Measure } from '../domain/budget.ts';
import type { Gate } from '../domain/gate.ts';
import type { NewEvent } from '../domain/event.ts';
import type { MessageId, WorkOrderId } from '../domain/ids.ts';
import type { RequestedBy, WorkOrder } from '../domain/work-order.ts';
import type { ReclaimWish } from '../domain/reclaim.ts';
import type { ControlAction } from './control.ts';
import type { ForkWish } from './fork.ts';
import type { Reclaimed } from './reclaimer.ts';

interface SubmittedAgent {
  readonly agent?: string | null | undefined;
  readonly model?: string | null | undefined;
}

export type SubmittedStepAgents = { readonly [Step in StepName]?: SubmittedAgent | undefined };

export type SubmittedBudget = { readonly [Name in Measure]?: number | null | undefined };

/** What a user sends; what is absent gets the default of the known repository, else that of the service. */
export interface Submission {
  readonly repositoryUrl: string;
  readonly userRequest: string;
  readonly workflowType?: string | undefined;
  readonly sandboxType?: string | undefined;
  readonly githubIssueNumber?: string | undefined;
  readonly agent?: string | undefined;
  readonly model?: string | undefined;
  readonly stepAgents?: SubmittedStepAgents | undefined;
  readonly baseBranch?: string | undefined;
  readonly checks?: readonly string[] | undefined;
  readonly budget?: SubmittedBudget | undefined;
  /** Only for one that a forge has told of. */
  readonly requestedBy?: RequestedBy | undefined;
  readonly approvals?: readonly Gate[] | undefined;
}

/** What is known of a running work order beyond the store. */
export interface LiveView {
  /** One line: what the running step is doing now. */
  readonly activity: string | null;
  readonly lastActivityAt: string;
  /** Events that the store has refused so far, in order; they are shown with `durable: false`, never streamed. */
  readonly unsaved: readonly NewEvent[];
}

/** What a door of the service (HTTP, MCP) can ask of the engine. */
export interface WorkOrders {
  /**
   * Accepts a work order and returns at once; the workflow runs behind it. Rejects with `repository_url_refused`,
   * `sandbox_type_unavailable`, `invalid_request`, `agent_unavailable`, `agent_repository_refused`,
   * `idempotency_key_reused` or `store_unavailable`.
   */
  submit(input: {
    readonly submission: Submission;
    readonly idempotencyKey: string | null;
  }): Promise<{ readonly workOrder: WorkOrder; readonly created: boolean }>;
  /**
   * Resolves when the wish is durable; the end follows as events. Rejects with `work_order_not_found` or
   * `transition_refused`.
   */
  cancel(input: { readonly workOrderId: WorkOrderId }): Promise<WorkOrder>;
  /**
   * Carries out what a person wants; resolves when it is durable. Rejects with `work_order_not_found`,
   * `message_not_found`, `transition_refused` (with the reason), `budget_exhausted`, `agent_unavailable`,
   * `agent_repository_refused` or `store_unavailable`.
   */
  control(input: { readonly workOrderId: WorkOrderId; readonly action: ControlAction }): Promise<WorkOrder>;
  /**
   * Makes a new work order that goes on from where another one stood after a step, and returns at once. Rejects with
   * `work_order_not_found`, `transition_refused` (with the reason), `agent_unavailable`, `agent_repository_refused`,
   * `idempotency_key_reused` or `store_unavailable`.
   */
  fork(input: {
    readonly wish: ForkWish;
    readonly idempotencyKey: string | null;
  }): Promise<{ readonly workOrder: WorkOrder; readonly created: boolean }>;
  /**
   * Queues words for the agent; resolves with their id when they are durable. Rejects with `work_order_not_found`,
   * `transition_refused` (with the reason) or `store_unavailable`.
   */
  queueMessage(input: {
    readonly workOrderId: WorkOrderId;
    readonly text: string;
  }): Promise<{ readonly workOrder: WorkOrder; readonly promptId: MessageId }>;
  /** Clears away what lies on the disk for work orders that have ended. Rejects with `store_unavailable`. */
  reclaim(wish: ReclaimWish & { readonly dryRun: boolean }): Promise<readonly Reclaimed[]>;
  /** Takes up nothing new; resolves when no attempt runs any more. What waits goes on after the next start. */
  drain(): Promise<void>;
  readonly draining: boolean;
  /** Null when this process does not run it. */
  live(input: { readonly workOrderId: WorkOrderId }): LiveView | null;
  /** Why the history is degraded now; empty when it is not. */
  problems(): readonly string[];
  readonly running: number;
  readonly maxRunning: number;
}
