import type { EndedAttempt } from '../domain/step.ts';
import type { WorkOrder } from '../domain/work-order.ts';
import type { StepName } from '../domain/workflow.ts';
import type { Agent } from '../ports/agent.ts';
import type { Clock } from '../ports/clock.ts';
import type { Forge } from '../ports/forge.ts';
import type { TimeLimits } from '../ports/process.ts';
import type { PromptSource } from '../ports/prompts.ts';
import type { Sandbox, SandboxProvider } from '../ports/sandbox.ts';
import type { AttemptLog } from './attempt-log.ts';
import type { HistoryWriter } from './history-writer.ts';
import type { ReachRacePoint } from './race-points.ts';

/** Everything a run of one work order works with. */
export interface RunContext {
  readonly history: HistoryWriter;
  readonly attemptLog: AttemptLog;
  readonly agent: Agent;
  readonly agentLimits: { readonly [Limit in keyof TimeLimits]: TimeLimits[Limit] | undefined };
  readonly forge: Forge;
  readonly prompts: PromptSource;
  readonly sandboxes: SandboxProvider;
  readonly clock: Clock;
  readonly reach: ReachRacePoint;
  /** Aborts when the run must end: cancelled, outdone, or the service stops. */
  readonly signal: AbortSignal;
  /** The latest successful attempt of each step: what later steps build on. */
  readonly succeeded: Map<StepName, EndedAttempt>;
  /** The attempt that ended last, in this process or an earlier one. */
  lastAttempt: EndedAttempt | null;
  /** Null until the first step has made it. */
  sandbox: Sandbox | null;
}

/** Takes an ended attempt into what later steps and the end build on. */
export function remember(context: RunContext, attempt: EndedAttempt): void {
  context.lastAttempt = attempt;
  if (attempt.success) context.succeeded.set(attempt.step, attempt);
}

/** Where the record of the run stands now. */
export function workOrderOf(context: RunContext): WorkOrder {
  return context.history.workOrder;
}

/** The sandbox, for a step that cannot be reached without one. */
export function sandboxOf(context: RunContext): Sandbox {
  if (!context.sandbox) throw new Error('a step came before its sandbox');
  return context.sandbox;
}

/** The output of an earlier step, which is in the history by then. */
export function outputOf(context: RunContext, step: StepName): string {
  return context.succeeded.get(step)?.output ?? '';
}

/** The commit that keeps the working copy as the latest step left it. */
export function latestCheckpoint(context: RunContext): string {
  const { checkpoint } = workOrderOf(context);
  return checkpoint ?? sandboxOf(context).baseCommit;
}
