import type { ImplementAnswer } from '../domain/answers.ts';
import { implementAnswerIn } from '../domain/answers.ts';
import type { Redactor } from '../domain/redact.ts';
import type { EndedAttempt } from '../domain/step.ts';
import type { WorkOrder } from '../domain/work-order.ts';
import { isDone, nextStep } from '../domain/work-order.ts';
import type { StepName } from '../domain/workflow.ts';
import type { TargetSettings } from '../domain/agent-choice.ts';
import { attemptToCheck, attemptsToMend } from '../domain/check.ts';
import { unfinishedAttempts } from '../domain/unfinished.ts';
import type { AgentRegistry } from '../ports/agent.ts';
import type { Clock } from '../ports/clock.ts';
import type { Forge } from '../ports/forge.ts';
import type { PromptSource } from '../ports/prompts.ts';
import type { CollectedChanges, CommitIdentity, Sandbox, SandboxProvider } from '../ports/sandbox.ts';
import type { SecretSource } from '../ports/secrets.ts';
import type { Store } from '../ports/store.ts';
import type { Log } from '../ports/telemetry.ts';
import type { AgentSettings } from './agent-settings.ts';
import type { CheckSettings } from './check-settings.ts';
import type { AttemptLog } from './attempt-log.ts';
import type { Budgets } from './budgets.ts';
import type { HistoryWriter } from './history-writer.ts';
import type { MidTurnMessages } from './mid-turn.ts';
import type { ReachRacePoint } from './race-points.ts';

/** Everything a run of one work order works with. */
export interface RunContext {
  readonly history: HistoryWriter;
  readonly attemptLog: AttemptLog;
  readonly redactor: Redactor;
  readonly secrets: SecretSource;
  readonly agents: AgentRegistry;
  readonly agentSettings: AgentSettings;
  readonly checks: CheckSettings;
  readonly budgets: Budgets;
  readonly commitIdentity: CommitIdentity;
  readonly forge: Forge;
  readonly prompts: PromptSource;
  readonly sandboxes: SandboxProvider;
  readonly collected: CollectedChanges;
  /** Where every version of the plan is. */
  readonly plans: Pick<Store, 'plan'>;
  /** What the log tells of an attempt whose process has died. */
  readonly signs: Pick<Store, 'lastSigns'>;
  /** Where the texts of messages are. */
  readonly messages: Pick<Store, 'messages'>;
  readonly midTurn: MidTurnMessages;
  readonly events: Pick<Store, 'events'>;
  readonly clock: Clock;
  readonly log: Log;
  /** From 0 to 1. */
  readonly random: () => number;
  /** How long a step is tried again after failures that can pass, from the first of them on. */
  readonly retryForMs: number;
  readonly reach: ReachRacePoint;
  /** Aborts when the run must end: cancelled, outdone, or the service stops. */
  readonly signal: AbortSignal;
  /** Aborts when the service takes up nothing new: the running attempt is the last one. */
  readonly draining: AbortSignal;
  /** Every ended attempt, in the order of the ends. */
  readonly ended: EndedAttempt[];
  /** The latest successful attempt of each step: what later steps build on. */
  readonly succeeded: Map<StepName, EndedAttempt>;
  /** Agents of which it was told here already that a budget cannot hold them. */
  readonly toldUncounted: Set<string>;
  /** What the target repository wants, read once from its base commit; null until it is asked for. */
  targetSettings: TargetSettings | null;
  /** Null until the first step has made it. */
  sandbox: Sandbox | null;
}

/** Takes an ended attempt into what later steps and the end build on. */
export function remember(context: RunContext, attempt: EndedAttempt): void {
  context.ended.push(attempt);
  const state = workOrderOf(context).steps.find(({ step }) => step === attempt.step);
  // One that is to be done again, after a retry or a rejection, is nothing to build on, unless it goes on from there.
  if (attempt.success && state && (isDone(state) || state.goes_on === true))
    context.succeeded.set(attempt.step, attempt);
}

/** The attempts whose change a check has refused, and which the next one at `implement` goes on from. */
export function workToMend(context: RunContext): readonly EndedAttempt[] {
  return attemptsToMend(implementAttempts(context));
}

/** The attempt whose work is there and has only to be checked: nobody is asked for it again. */
export function workToCheck(context: RunContext): EndedAttempt | undefined {
  return attemptToCheck(implementAttempts(context));
}

/**
 * The attempts at `implement` that were stopped with work of their own: the next one goes on with that of the latest. A
 * person who takes the work order up again begins at the start of the step, unless that work was to be kept.
 */
export function unfinishedWork(context: RunContext): readonly EndedAttempt[] {
  const kept = workOrderOf(context).steps.find(({ step }) => step === 'implement')?.kept_attempt;
  return unfinishedAttempts(
    context.ended.filter(
      ({ step, attempt, finished_at }) =>
        step === 'implement' && (attempt === kept || countsStill(context, finished_at)),
    ),
  );
}

function implementAttempts(context: RunContext): readonly EndedAttempt[] {
  return context.ended.filter(({ step, finished_at }) => step === 'implement' && countsStill(context, finished_at));
}

/** Failures before a person has taken the work order up again are done with. */
export function countsStill(context: RunContext, finishedAt: string): boolean {
  const { reopened_at } = workOrderOf(context);
  return reopened_at === null || finishedAt > reopened_at;
}

/**
 * The working copy with which the step that is next, or runs, begins: as it is still to be checked, or as an attempt
 * that did not succeed has left it where that may be gone on with, else as the last of those that are done has left it.
 * That is the one before it, or itself where it goes on for a message, or one behind it that a fork has inherited.
 */
export function startOfNext(context: RunContext): string {
  const workOrder = workOrderOf(context);
  const next = workOrder.in_progress?.step ?? nextStep(workOrder);
  const kept = next === 'implement' ? (workToCheck(context) ?? unfinishedWork(context).at(-1))?.checkpoint : null;
  if (kept) return kept;
  for (const { step } of workOrder.steps.toReversed()) {
    const checkpoint = context.succeeded.get(step)?.checkpoint;
    if (checkpoint) return checkpoint;
  }
  return sandboxOf(context).baseCommit;
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

/** What the implementor's answer proposes. A history of version 0.1 has it in the words of the report alone. */
export function proposedByImplementor(context: RunContext): ImplementAnswer {
  const attempt = context.succeeded.get('implement');
  return attempt?.answer ?? implementAnswerIn(attempt?.output ?? '');
}

/** The commit that keeps the working copy with which the running step began. */
export function latestCheckpoint(context: RunContext): string {
  if (!workOrderOf(context).in_progress) throw new Error('no step is running');
  return startOfNext(context);
}
