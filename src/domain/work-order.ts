import type { AgentChoice, StepAgents } from './agent-choice.ts';
import type { Budget, BudgetOverride, DailyOverride, DailyScope, Spending } from './budget.ts';
import type { ForkedFrom, Inheritance } from './fork.ts';
import type { Gate } from './gate.ts';
import type { EndedAttempt, EndedAttemptStatus, FinishedTurn, RunningAttempt } from './step.ts';
import type { MessageId, RepositoryId, WorkOrderId } from './ids.ts';
import type { OpenMessage } from './message.ts';
import { isQueued } from './message.ts';
import type { NetworkMode } from './network.ts';
import type { EffectIntent, EffectResult } from './effect.ts';
import type { Phase, StepName, WorkflowType } from './workflow.ts';

/*
 * pending -> running -> completed | failed | cancelled, with waiting in between; one that goes on after waiting, or is
 * reopened, is pending again. `decide.ts` says which command is allowed when, `project.ts` what an event changes.
 *
 * Data that crosses the wire has the wire's names (snake_case) here too: one shape from the event to the reader.
 */
export const WORK_ORDER_STATUSES = ['pending', 'running', 'waiting', 'completed', 'failed', 'cancelled'] as const;
export type WorkOrderStatus = (typeof WORK_ORDER_STATUSES)[number];

export const WAITING_REASONS = ['approval', 'input', 'quota', 'forge', 'disk', 'paused'] as const;
export type WaitingReason = (typeof WAITING_REASONS)[number];

/** How a completed work order ended, from facts. */
export const OUTCOMES = ['pull_request_opened', 'branch_pushed', 'plan_only', 'no_change_needed'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const SANDBOX_TYPES = ['git_worktree', 'git_branch'] as const;
export type SandboxType = (typeof SANDBOX_TYPES)[number];

/** What the known repository wanted of agents when the work order was handed in: a later change does not count. */
export interface RepositoryDefaults {
  readonly repository_id: RepositoryId;
  readonly agent: string | null;
  readonly model: string | null;
  readonly step_agents: StepAgents;
}

/** What a user asked for, after defaults were filled in. */
export interface WorkOrderRequest {
  readonly repository_url: string;
  readonly user_request: string;
  readonly workflow_type: WorkflowType;
  readonly sandbox_type: SandboxType;
  readonly github_issue_number: string | null;
  /** The adapter's id, chosen when none was named; never null, so that a restart chooses the same. */
  readonly agent: string;
  /** What the service chose gives way to what the target repository asks for. */
  readonly agent_chosen_by: 'request' | 'known_repository' | 'service';
  readonly model: string | null;
  /** What the request wants for single steps. */
  readonly step_agents: StepAgents;
  /** Null for a repository that is not known. */
  readonly repository_defaults: RepositoryDefaults | null;
  readonly base_branch: string | null;
  /** Where somebody has to approve before it goes on. */
  readonly approvals: readonly Gate[];
  /**
   * Commands that say whether a change is good, of the request or else of the known repository, in the order in which
   * they run; null, or absent, where neither says any: then the target repository does.
   */
  readonly checks?: readonly string[] | null;
  /** What all its attempts together may take, of the request or else of a default; null, or absent, for no limit. */
  readonly budget?: Budget | null;
  /** Absent for a request that came by HTTP or the command line. */
  readonly requested_by?: RequestedBy | null;
  /** Absent for one that is no fork. */
  readonly forked_from?: ForkedFrom | null;
}

/** Who has asked for a work order on an issue. */
export interface RequestedBy {
  readonly forge: string;
  readonly user: string;
  /** The page of the issue or of the comment. */
  readonly url: string;
}

/** What may be asked for otherwise when a work order is taken up again; what is absent stays. */
export type RequestChange = Partial<
  Pick<WorkOrderRequest, 'user_request' | 'agent' | 'agent_chosen_by' | 'model' | 'step_agents'>
>;

/** What may be spent otherwise from now on, and who wants it so. */
export interface BudgetChange {
  /** What is absent stays, null takes the limit away. */
  readonly limits: Partial<Budget>;
  /** Whether budgets of days hold it no more; null leaves that as it is. */
  readonly beyond_daily: boolean | null;
  readonly by: string;
  /** After it what was before counts again; null for good. ISO 8601 in UTC with milliseconds. */
  readonly until: string | null;
  readonly reason: string | null;
}

/** What kept agents to their sandbox where the work order was accepted. */
export interface ConfinementFact {
  readonly kind: 'bubblewrap' | 'none';
  readonly network: NetworkMode;
  /** What is weaker and what to do; null where nothing is. */
  readonly problem: string | null;
}

/** Where a step of this work order stands. */
export interface StepState {
  readonly step: StepName;
  /** How many attempts were started. */
  readonly attempts: number;
  /** Of the latest attempt; `pending` before the first and after a reopening. */
  readonly status: 'pending' | 'running' | EndedAttemptStatus;
  /**
   * True for a step that had succeeded and was begun once more for a message: its attempts begin with what the latest
   * successful one has left, until one of them succeeds.
   */
  readonly goes_on?: true;
  /** The attempt with whose unfinished work a person wanted it to go on; until one succeeds, or it is taken back again. */
  readonly kept_attempt?: number;
}

/** Words for whoever carries out the next attempt at a step. */
export interface Feedback {
  readonly step: StepName;
  readonly text: string;
}

/** What is known of a work order after its events so far; of constant size however long the history grows. */
export interface WorkOrder extends WorkOrderRequest {
  readonly agent_work_order_id: WorkOrderId;
  readonly requested_by: RequestedBy | null;
  readonly forked_from: ForkedFrom | null;
  readonly checks: readonly string[] | null;
  readonly budget: Budget | null;
  readonly budget_override: BudgetOverride | null;
  readonly daily_override: DailyOverride | null;
  readonly budget_changed_at: string | null;
  /** By its own attempts, as far as their agents have told it. */
  readonly spent: Spending;
  readonly status: WorkOrderStatus;
  readonly waiting_reason: WaitingReason | null;
  /** One sentence for a person: what has to pass, or to be done. */
  readonly waiting_detail: string | null;
  /** When it goes on by itself; null when somebody has to act. */
  readonly waiting_until: string | null;
  /** The budget of a day that is waited out; null for everything else that is waited for. */
  readonly waiting_budget: DailyScope | null;
  readonly outcome: Outcome | null;
  readonly current_phase: Phase | null;
  readonly sandbox_identifier: string | null;
  readonly base_commit: string | null;
  readonly git_branch_name: string | null;
  readonly agent_session_id: string | null;
  readonly plan_path: string | null;
  readonly plan_version: number;
  /** Whether a person has written the latest version. */
  readonly plan_edited: boolean;
  readonly checkpoint: string | null;
  readonly github_pull_request_url: string | null;
  readonly git_commit: string | null;
  /** What the service has pushed to its branch or was about to: whatever else stands there is somebody else's. */
  readonly pushed_commits: readonly string[];
  readonly git_commit_count: number;
  readonly latest_commit_message: string | null;
  readonly git_files_changed: number;
  readonly git_lines_added: number;
  readonly git_lines_removed: number;
  readonly error_code: string | null;
  readonly error_message: string | null;
  readonly failed_step: StepName | null;
  readonly cancel_requested: boolean;
  /** It will wait as soon as the running attempt has ended. */
  readonly pause_requested: boolean;
  /** Gates that are passed since the steps before them were done. */
  readonly approved: readonly Gate[];
  /** What somebody wants of the next attempt at a step; null once that step is done. */
  readonly feedback: Feedback | null;
  /** Messages for the agent that are not done with, in the order in which they came. */
  readonly messages: readonly OpenMessage[];
  /** When it was taken up again after its end; earlier failures do not count against it. */
  readonly reopened_at: string | null;
  readonly in_progress: RunningAttempt | null;
  readonly steps: readonly StepState[];
  readonly created_at: string;
  readonly updated_at: string;
  /** The seq of the latest event. */
  readonly last_seq: number;
}

/** What an attempt that asks an agent began with. */
export interface AttemptOrigin {
  /** The working copy. */
  readonly from_checkpoint: string;
  /** The attempt whose unfinished work that is; absent for one that begins where the step before it ended. */
  readonly continued_attempt?: number;
}

/** What can be asked of a work order. `at` is when, as ISO 8601 in UTC with milliseconds. */
export type Command = { readonly at: string } & (
  | { readonly type: 'create'; readonly request: WorkOrderRequest; readonly confinement: ConfinementFact | null }
  /** A new work order that goes on from where another one stood. */
  | {
      readonly type: 'fork';
      readonly request: WorkOrderRequest;
      readonly confinement: ConfinementFact | null;
      readonly inheritance: Inheritance;
      readonly plan: { readonly path: string; readonly markdown: string; readonly edited: boolean } | null;
      readonly message: { readonly prompt_id: MessageId; readonly prompt: string } | null;
    }
  | { readonly type: 'start' }
  | { readonly type: 'start_attempt'; readonly step: StepName }
  | {
      readonly type: 'keep_prompt';
      readonly prompt: string;
      readonly choice: AgentChoice;
      readonly resumed_session_id: string | null;
      readonly origin: AttemptOrigin;
      /** The queued messages that are part of it. */
      readonly messages: readonly MessageId[];
      /** True for what the agent has taken in the middle of the turn that it is in. */
      readonly mid_turn?: true;
    }
  | { readonly type: 'queue_message'; readonly prompt_id: MessageId; readonly prompt: string }
  | { readonly type: 'edit_message'; readonly prompt_id: MessageId; readonly prompt: string }
  | { readonly type: 'withdraw_message'; readonly prompt_id: MessageId }
  | { readonly type: 'keep_session'; readonly session_id: string }
  | { readonly type: 'keep_plan'; readonly path: string; readonly plan: string }
  | { readonly type: 'finish_turn'; readonly turn: FinishedTurn }
  | { readonly type: 'finish_attempt'; readonly result: AttemptResult }
  | { readonly type: 'intend_effect'; readonly effect: EffectIntent }
  | { readonly type: 'complete_effect'; readonly effect: EffectResult }
  | { readonly type: 'note'; readonly code: string; readonly message: string }
  | {
      readonly type: 'wait';
      readonly reason: WaitingReason;
      readonly detail: string;
      readonly until: string | null;
      /** The budget of a day that is waited out. */
      readonly budget?: DailyScope | undefined;
    }
  | { readonly type: 'resume' }
  | {
      readonly type: 'reopen';
      readonly from_step: StepName;
      /** The working copy that `from_step` begins with; null for the base. */
      readonly checkpoint: string | null;
      /** Whether it was asked for as a rewind to the step before. */
      readonly rewound: boolean;
      readonly change: RequestChange;
      readonly feedback: string | null;
      /** The attempt at `from_step` whose unfinished work is gone on with. */
      readonly kept_attempt?: number;
    }
  | { readonly type: 'approve'; readonly comment: string | null }
  | { readonly type: 'reject'; readonly reason: string; readonly checkpoint: string | null }
  | { readonly type: 'edit_plan'; readonly plan: string }
  | ({ readonly type: 'change_budget' } & BudgetChange)
  | { readonly type: 'pause' }
  | { readonly type: 'request_cancel' }
  | { readonly type: 'complete'; readonly outcome: Outcome }
  | { readonly type: 'fail'; readonly error_code: string; readonly error_message: string }
  | { readonly type: 'cancel'; readonly detail: string }
);

/** A command as it is given: whoever decides it adds the time. */
export type TimelessCommand<Any = Command> = Any extends Command ? Omit<Any, 'at'> : never;

/** What the engine knows at the end of an attempt; `decide` adds what follows from the state. */
export type AttemptResult = Omit<EndedAttempt, keyof RunningAttempt | 'success' | 'finished_at' | 'timestamp'>;

const TERMINAL: ReadonlySet<WorkOrderStatus> = new Set(['completed', 'failed', 'cancelled']);

/** True when nothing more happens unless somebody reopens it. */
export function isTerminal(status: WorkOrderStatus): boolean {
  return TERMINAL.has(status);
}

/** True for a step that need not run again. */
export function isDone(state: StepState): boolean {
  return state.status === 'succeeded' || state.status === 'skipped';
}

/** The first step that is not done, or null when all are. */
export function firstOpenStep({ steps }: Pick<WorkOrder, 'steps'>): StepName | null {
  return steps.find((state) => !isDone(state))?.step ?? null;
}

/**
 * The step to run next, or null when all are done: the first that is not done, but before the work is committed the
 * implementor goes on as long as a message is queued.
 */
export function nextStep({ steps, messages }: Pick<WorkOrder, 'steps' | 'messages'>): StepName | null {
  const open = steps.find((state) => !isDone(state));
  if (open?.step === 'commit' && open.status !== 'failed' && messages.some(isQueued)) return 'implement';
  return open?.step ?? null;
}
