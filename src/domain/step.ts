import type { ImplementAnswer } from './answers.ts';
import type { CheckResult } from './check.ts';
import type { AgentName, StepName } from './workflow.ts';

export const ENDED_ATTEMPT_STATUSES = ['succeeded', 'failed', 'interrupted', 'cancelled', 'skipped'] as const;
export type EndedAttemptStatus = (typeof ENDED_ATTEMPT_STATUSES)[number];

/** What a model call cost. Null where the agent does not tell. */
export interface Usage {
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly cost_usd: number | null;
}

/** What the working copy holds against the base commit. */
export interface Changes {
  readonly files_changed: number;
  readonly lines_added: number;
  readonly lines_removed: number;
}

/** One try at a step that goes on now. */
export interface RunningAttempt {
  readonly step: StepName;
  readonly agent_name: AgentName;
  /** From 1 within the step. */
  readonly attempt: number;
  readonly started_at: string;
  /** Which agent program was asked, and for which model; null until then, and for a step that asks none. */
  readonly agent: string | null;
  readonly model: string | null;
}

/**
 * One try at a step that has ended: the record that `/steps` returns and, field for field, the data of the event
 * `attempt_finished`. It is written in one shape, stored in one shape and read in one shape.
 */
export interface EndedAttempt extends RunningAttempt {
  /** The work order that made it, where a fork has inherited it. */
  readonly inherited_from?: string | undefined;
  readonly status: EndedAttemptStatus;
  /** True for `succeeded` and `skipped`. */
  readonly success: boolean;
  readonly output: string | null;
  /** What the implementor's answer proposes for what follows; null for every other step. */
  readonly answer: ImplementAnswer | null;
  /** True when `output` is the beginning of something longer; the whole is in the log. */
  readonly output_truncated: boolean;
  readonly error_code: string | null;
  readonly error_message: string | null;
  /** When the limit of the model ends that has failed it, as the agent said; null where it said none. */
  readonly limit_resets_at: string | null;
  /** By a monotonic clock; for `interrupted`, up to the last sign of life that was saved. */
  readonly duration_seconds: number;
  readonly session_id: string | null;
  readonly finished_at: string;
  /** Equals `finished_at`. */
  readonly timestamp: string;
  readonly usage: Usage | null;
  /** The commit that keeps the working copy as it was at the end of this attempt. */
  readonly checkpoint: string | null;
  readonly changes: Changes | null;
  /** What the service ran on the change, in order, up to the first check that did not pass; empty where there is none. */
  readonly checks: readonly CheckResult[];
}

/** What an attempt has come to when its agent has ended its turn well and the working copy is kept. */
export type FinishedTurn = Pick<
  EndedAttempt,
  'output' | 'output_truncated' | 'answer' | 'session_id' | 'usage' | 'checkpoint' | 'changes'
>;
