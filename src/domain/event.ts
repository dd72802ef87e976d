import type { AgentChoice } from './agent-choice.ts';
import type { Budget, DailyScope } from './budget.ts';
import type { EffectIntent, EffectResult } from './effect.ts';
import type { Inheritance } from './fork.ts';
import type { MessageId, WorkOrderId } from './ids.ts';
import type { MessageWay } from './message.ts';
import type { EndedAttempt, FinishedTurn, RunningAttempt } from './step.ts';
import type { Gate } from './gate.ts';
import type {
  AttemptOrigin,
  ConfinementFact,
  Outcome,
  RequestChange,
  WaitingReason,
  WorkOrderRequest,
} from './work-order.ts';
import type { StepName } from './workflow.ts';

/** Every event type with its data. New types may come; a reader ignores what it does not know. */
export interface EventData {
  /** The confinement is null in histories of version 0.1. */
  readonly work_order_created: WorkOrderRequest & { readonly confinement: ConfinementFact | null };
  /** What a fork begins with; the plan and a message follow as events of their own. */
  readonly attempts_inherited: Inheritance;
  readonly work_order_started: Record<string, never>;
  readonly work_order_waiting: {
    readonly waiting_reason: WaitingReason;
    readonly detail: string;
    readonly until: string | null;
    /** The budget of a day that is waited out; absent for everything else. */
    readonly budget?: DailyScope;
  };
  readonly work_order_resumed: Record<string, never>;
  /** Histories of version 0.1 say the step alone. */
  readonly work_order_reopened: {
    readonly from_step: StepName;
    readonly checkpoint?: string | null;
    readonly change?: RequestChange;
    readonly feedback?: string | null;
    /** The attempt at `from_step` whose unfinished work is gone on with; absent where the step begins anew. */
    readonly kept_attempt?: number;
  };
  /** The working copy is as it was after this step. */
  readonly rewound: { readonly to_step: StepName | null; readonly checkpoint: string | null };
  readonly budget_changed: {
    /** All limits of the work order from now on; null where they stay as they are. */
    readonly budget: Budget | null;
    /** Null where it stays as it is. */
    readonly beyond_daily: boolean | null;
    readonly by: string;
    readonly until: string | null;
    readonly reason: string | null;
  };
  readonly work_order_pause_requested: Record<string, never>;
  readonly approval_given: { readonly gate: Gate; readonly comment: string | null };
  readonly approval_refused: {
    readonly gate: Gate;
    readonly reason: string;
    /** The step that is made anew. */
    readonly from_step: StepName;
    readonly checkpoint: string | null;
  };
  readonly work_order_cancel_requested: Record<string, never>;
  readonly work_order_completed: { readonly outcome: Outcome };
  readonly work_order_failed: {
    readonly error_code: string;
    readonly error_message: string;
    readonly step: StepName | null;
  };
  readonly work_order_cancelled: { readonly detail: string };
  readonly attempt_started: RunningAttempt;
  /** Histories of earlier versions do not say the choice and the origin. The prompt itself is the event's document. */
  readonly attempt_prompted: Partial<AgentChoice & AttemptOrigin> & {
    readonly step: StepName;
    readonly attempt: number;
    readonly bytes: number;
    readonly resumed_session_id?: string | null;
  };
  /** The text of a message is the document of the event, as is the new one of an edited message. */
  readonly prompt_queued: { readonly prompt_id: MessageId; readonly bytes: number };
  readonly prompt_edited: { readonly prompt_id: MessageId; readonly bytes: number };
  readonly prompt_withdrawn: { readonly prompt_id: MessageId };
  /** A message is part of what an attempt was asked. It is queued again when that attempt does not succeed. */
  readonly prompt_given: {
    readonly prompt_id: MessageId;
    readonly step: StepName;
    readonly attempt: number;
    readonly how: MessageWay;
  };
  readonly session_started: { readonly step: StepName; readonly attempt: number; readonly session_id: string };
  /** An agent has done its part and its work is kept, but the checks are still to be run: see `attemptToCheck`. */
  readonly turn_finished: FinishedTurn & { readonly step: StepName; readonly attempt: number };
  readonly attempt_finished: EndedAttempt;
  readonly effect_intended: EffectIntent;
  readonly effect_done: EffectResult;
  /** The plan itself is the event's document. */
  readonly plan_saved: {
    readonly version: number;
    readonly path: string;
    readonly bytes: number;
    /** True for what a person has written. */
    readonly edited?: boolean;
  };
  readonly note: { readonly code: string; readonly message: string };
}

export type EventType = keyof EventData;

/** An event that is decided but not yet saved. */
export interface NewEventOf<Type extends EventType> {
  readonly type: Type;
  readonly occurred_at: string;
  readonly data: EventData[Type];
  /** A text that belongs to the event but is too long for its readers: a prompt, a plan. Kept beside it. */
  readonly document?: string;
}

export type NewEvent = { [Type in EventType]: NewEventOf<Type> }[EventType];

/** An immutable fact about a work order, as it is on the wire. */
interface WorkOrderEventOf<Type extends EventType> {
  readonly agent_work_order_id: WorkOrderId;
  /** From 1 within the work order, without a gap. */
  readonly seq: number;
  /** Over the whole store, increasing in the order of commits. */
  readonly position: number;
  readonly type: Type;
  readonly occurred_at: string;
  readonly data: EventData[Type];
}

export type WorkOrderEvent = { [Type in EventType]: WorkOrderEventOf<Type> }[EventType];

export const TERMINAL_EVENT_TYPES: ReadonlySet<EventType> = new Set([
  'work_order_completed',
  'work_order_failed',
  'work_order_cancelled',
]);
