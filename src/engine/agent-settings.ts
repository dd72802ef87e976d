import type { Budget } from '../domain/budget.ts';
import type { AgentWish } from '../domain/agent-choice.ts';
import type { StepName } from '../domain/workflow.ts';
import { AGENT_STEP_NAMES } from '../domain/workflow.ts';
import type { AgentRun } from '../ports/agent.ts';

/** What one attempt of an agent may take; what is absent is left to the adapter, or has no limit. */
interface AttemptLimits {
  readonly firstActivityMs?: number | undefined;
  readonly idleMs?: number | undefined;
  readonly totalMs?: number | undefined;
  readonly maxTurns?: number | undefined;
  readonly maxCostUsd?: number | undefined;
  readonly maxTokens?: number | undefined;
}

/** What the configuration says of how agents are asked. */
export interface AgentSettings {
  readonly limits: AttemptLimits;
  readonly steps: { readonly [Step in StepName]?: AgentWish & { readonly limits: AttemptLimits } };
  /** Who goes on with a step when an agent has met the limit of its model, in this order. */
  readonly fallbackAgents: readonly string[];
  /** Whether the implementor goes on in the planner's session, where both are the same agent, or knows the plan alone. */
  readonly implementSession: 'clean' | 'planner';
}

/** The same limits as a configuration names them; null has none. */
interface ConfiguredLimits {
  readonly firstActivitySeconds?: number | null | undefined;
  readonly idleSeconds?: number | null | undefined;
  readonly attemptTimeoutSeconds?: number | null | undefined;
  readonly maxTurns?: number | null | undefined;
  readonly maxCostUsd?: number | null | undefined;
  readonly maxTokens?: number | null | undefined;
}

/** The settings out of a configuration. */
export function agentSettingsOf(
  configured: ConfiguredLimits &
    Pick<AgentSettings, 'implementSession' | 'fallbackAgents'> & {
      readonly steps: {
        readonly [Step in StepName]?:
          | (ConfiguredLimits & { readonly agent?: string | undefined; readonly model?: string | undefined })
          | undefined;
      };
    },
): AgentSettings {
  const steps: { [Step in StepName]?: NonNullable<AgentSettings['steps'][Step]> } = {};
  for (const step of AGENT_STEP_NAMES) {
    const own = configured.steps[step];
    if (own) steps[step] = { agent: own.agent ?? null, model: own.model ?? null, limits: limitsOf(own) };
  }
  const { implementSession, fallbackAgents } = configured;
  return { limits: limitsOf(configured), steps, implementSession, fallbackAgents };
}

function limitsOf(configured: ConfiguredLimits): AttemptLimits {
  const milliseconds = (seconds: number | null | undefined) => (seconds == null ? undefined : seconds * 1_000);
  return {
    firstActivityMs: milliseconds(configured.firstActivitySeconds),
    idleMs: milliseconds(configured.idleSeconds),
    totalMs: milliseconds(configured.attemptTimeoutSeconds),
    maxTurns: configured.maxTurns ?? undefined,
    maxCostUsd: configured.maxCostUsd ?? undefined,
    maxTokens: configured.maxTokens ?? undefined,
  };
}

/** The limits of an attempt at a step: those of the step before the general ones. */
export function limitsOfStep(
  settings: AgentSettings,
  step: StepName,
): Pick<AgentRun, 'limits' | 'maxTurns'> & { readonly budget: Budget } {
  const own = settings.steps[step]?.limits ?? {};
  const { limits: general } = settings;
  return {
    limits: {
      firstActivityMs: own.firstActivityMs ?? general.firstActivityMs,
      idleMs: own.idleMs ?? general.idleMs,
      totalMs: own.totalMs ?? general.totalMs,
    },
    maxTurns: own.maxTurns ?? general.maxTurns ?? null,
    budget: {
      cost_usd: own.maxCostUsd ?? general.maxCostUsd ?? null,
      tokens: own.maxTokens ?? general.maxTokens ?? null,
      // Its time is a limit of the program's own: `totalMs`.
      minutes: null,
    },
  };
}
