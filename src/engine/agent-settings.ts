import type { AgentWish } from '../domain/agent-choice.ts';
import type { StepName } from '../domain/workflow.ts';
import type { AgentRun } from '../ports/agent.ts';

/** What one attempt of an agent may take; what is absent is left to the adapter, or has no limit. */
export interface AttemptLimits {
  readonly firstActivityMs?: number | undefined;
  readonly idleMs?: number | undefined;
  readonly totalMs?: number | undefined;
  readonly maxTurns?: number | undefined;
  readonly maxCostUsd?: number | undefined;
}

/** What the configuration says of how agents are asked. */
export interface AgentSettings {
  readonly limits: AttemptLimits;
  readonly steps: { readonly [Step in StepName]?: AgentWish & { readonly limits: AttemptLimits } };
  /** Whether the implementor goes on in the planner's session, where both are the same agent, or knows the plan alone. */
  readonly implementSession: 'clean' | 'planner';
}

/** The limits of an attempt at a step: those of the step before the general ones. */
export function limitsOfStep(
  settings: AgentSettings,
  step: StepName,
): Pick<AgentRun, 'limits' | 'maxTurns' | 'maxCostUsd'> {
  const own = settings.steps[step]?.limits ?? {};
  const { limits: general } = settings;
  return {
    limits: {
      firstActivityMs: own.firstActivityMs ?? general.firstActivityMs,
      idleMs: own.idleMs ?? general.idleMs,
      totalMs: own.totalMs ?? general.totalMs,
    },
    maxTurns: own.maxTurns ?? general.maxTurns ?? null,
    maxCostUsd: own.maxCostUsd ?? general.maxCostUsd ?? null,
  };
}
