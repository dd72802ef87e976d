import type { Spending } from '../../domain/budget.ts';
import type { Delivery } from '../../domain/delivery.ts';
import type { MessageId, WorkOrderId } from '../../domain/ids.ts';
import type { KnownRepository } from '../../domain/known-repository.ts';
import type { MessageWay } from '../../domain/message.ts';
import type { EndedAttemptStatus } from '../../domain/step.ts';
import type { WorkOrder } from '../../domain/work-order.ts';
import type { AgentName, StepName } from '../../domain/workflow.ts';
import type { LogLevel } from '../../ports/store.ts';

/**
 * The tables, for every database: numbers, texts and nulls only. A truth value is 0 or 1, a time is ISO 8601 in UTC
 * with milliseconds, a nested value is JSON. Nothing is ever deleted but known repositories.
 */
export interface Database {
  readonly events: EventsTable;
  readonly work_orders: WorkOrdersTable;
  readonly attempts: AttemptsTable;
  readonly attempt_prompts: AttemptPromptsTable;
  readonly plans: PlansTable;
  readonly messages: MessagesTable;
  readonly log_entries: LogEntriesTable;
  readonly idempotency_keys: IdempotencyKeysTable;
  readonly known_repositories: KnownRepositoriesTable;
  readonly deliveries: DeliveriesTable;
  readonly daily_spending: DailySpendingTable;
  readonly store_position: StorePositionTable;
  readonly schema_version: SchemaVersionTable;
}

export interface EventsTable {
  /** The key: the newest event is always at the end of the table, so an append touches one page of it. */
  readonly position: number;
  readonly work_order_id: WorkOrderId;
  readonly seq: number;
  readonly type: string;
  readonly occurred_at: string;
  readonly data: string;
  /** The claim of the writer; null for a command from outside. */
  readonly epoch: number | null;
}

/** What `evolve` makes of the events, and who holds the work order. */
export interface WorkOrdersTable extends Omit<
  WorkOrder,
  | 'cancel_requested'
  | 'pause_requested'
  | 'plan_edited'
  | 'in_progress'
  | 'steps'
  | 'step_agents'
  | 'repository_defaults'
  | 'approvals'
  | 'approved'
  | 'feedback'
  | 'messages'
  | 'pushed_commits'
  | 'requested_by'
  | 'forked_from'
  | 'checks'
  | 'budget'
  | 'budget_override'
  | 'daily_override'
  | 'spent'
> {
  /** The key: the position of the first event, so that the table is in the order of creation. */
  readonly created_position: number;
  readonly cancel_requested: number;
  readonly pause_requested: number;
  readonly plan_edited: number;
  readonly approvals: string;
  readonly approved: string;
  readonly feedback: string | null;
  readonly messages: string;
  readonly pushed_commits: string;
  readonly in_progress: string | null;
  readonly steps: string;
  readonly step_agents: string;
  readonly repository_defaults: string | null;
  readonly requested_by: string | null;
  readonly forked_from: string | null;
  readonly checks: string | null;
  readonly budget: string | null;
  readonly budget_override: string | null;
  readonly daily_override: string | null;
  readonly spent: string;
  /** The number of the latest claim; 0 before the first. */
  readonly epoch: number;
  readonly claimed_by: string | null;
  readonly claimed_at: string | null;
}

/** Running and ended attempts. The columns after `agent` and `model` are null or 0 while one runs. */
export interface AttemptsTable {
  readonly work_order_id: WorkOrderId;
  readonly step: StepName;
  readonly attempt: number;
  readonly agent_name: AgentName;
  readonly started_at: string;
  readonly agent: string | null;
  readonly model: string | null;
  readonly status: 'running' | EndedAttemptStatus;
  readonly session_id: string | null;
  readonly success: number;
  readonly output: string | null;
  readonly output_truncated: number;
  /** An `ImplementAnswer` as JSON. */
  readonly answer: string | null;
  readonly error_code: string | null;
  readonly error_message: string | null;
  readonly limit_resets_at: string | null;
  readonly duration_seconds: number;
  readonly finished_at: string | null;
  readonly checkpoint: string | null;
  /** 1 when the agent told its usage at all: then each number may still be null. */
  readonly usage_known: number;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly cost_usd: number | null;
  /** The three of `Changes`: all numbers, or all null. */
  readonly files_changed: number | null;
  readonly lines_added: number | null;
  readonly lines_removed: number | null;
  /** A list of `CheckResult` as JSON. */
  readonly checks: string;
  /** Of the event that ended it: the order of the ends. Null while it runs. */
  readonly ended_seq: number | null;
  readonly ended_position: number | null;
  readonly inherited_from: string | null;
}

/** Apart from `attempts`, so that the end of an attempt does not write a long prompt once more. */
interface AttemptPromptsTable {
  readonly work_order_id: WorkOrderId;
  readonly step: StepName;
  readonly attempt: number;
  readonly prompt: string;
}

interface PlansTable {
  readonly work_order_id: WorkOrderId;
  readonly version: number;
  readonly path: string;
  readonly markdown: string;
  readonly created_at: string;
}

export interface MessagesTable {
  readonly work_order_id: WorkOrderId;
  readonly prompt_id: MessageId;
  /** Of the event that queued it: the order in which they came. */
  readonly queued_seq: number;
  readonly queued_at: string;
  readonly edited_at: string | null;
  readonly withdrawn_at: string | null;
  /** These four are null while it is queued. */
  readonly given_at: string | null;
  readonly given_step: StepName | null;
  readonly given_attempt: number | null;
  readonly given_how: MessageWay | null;
  readonly prompt_text: string;
}

export interface LogEntriesTable {
  readonly work_order_id: WorkOrderId;
  readonly seq: number;
  readonly timestamp: string;
  readonly level: LogLevel;
  /** The place of the level in `LOG_LEVELS`, to compare. */
  readonly severity: number;
  readonly event: string;
  readonly step: StepName | null;
  readonly attempt: number | null;
  readonly message: string;
  readonly data: string | null;
}

interface IdempotencyKeysTable {
  readonly key: string;
  readonly request_hash: string;
  readonly work_order_id: WorkOrderId;
  readonly created_at: string;
}

export interface KnownRepositoriesTable extends Omit<
  KnownRepository,
  'default_step_agents' | 'checks' | 'may_push' | 'default_budget' | 'daily_budget'
> {
  /** What `repositoryKey` makes of the URL; one row each. */
  readonly repository_key: string;
  readonly default_step_agents: string;
  readonly checks: string;
  readonly default_budget: string | null;
  readonly daily_budget: string | null;
  readonly may_push: number | null;
}

export interface DeliveriesTable extends Omit<Delivery, 'is_pull_request' | 'names_label' | 'settled'> {
  /** The key: in the order of arrival. */
  readonly number: number;
  readonly is_pull_request: number;
  readonly names_label: number;
  readonly settled: number;
}

/** What the attempts that ended on a UTC day have spent. */
export interface DailySpendingTable extends Spending {
  readonly day: string;
  /** What `repositoryKey` makes of the URL; empty for the whole service. */
  readonly repository_key: string;
}

/** One row: the position of the latest event. Its lock puts all writers of events in one order. */
interface StorePositionTable {
  readonly id: 1;
  readonly position: number;
}

interface SchemaVersionTable {
  readonly version: number;
  readonly applied_at: string;
}
