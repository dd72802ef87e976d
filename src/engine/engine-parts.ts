import type { MessageId, WorkOrderId } from '../domain/ids.ts';
import type { Redactor } from '../domain/redact.ts';
import type { SandboxType } from '../domain/work-order.ts';
import type { AgentRegistry } from '../ports/agent.ts';
import type { Clock } from '../ports/clock.ts';
import type { Dispatcher } from '../ports/dispatcher.ts';
import type { ForgeRegistry, RepositoryPolicy } from '../ports/forge.ts';
import type { PromptSource } from '../ports/prompts.ts';
import type {
  CollectedChanges,
  CommitIdentity,
  ConfinementReport,
  SandboxLeftovers,
  SandboxProvider,
} from '../ports/sandbox.ts';
import type { SecretSource } from '../ports/secrets.ts';
import type { Store } from '../ports/store.ts';
import type { Log } from '../ports/telemetry.ts';
import type { ReachRacePoint } from './race-points.ts';
import type { AgentSettings } from './agent-settings.ts';
import type { Budgets } from './budgets.ts';
import type { CheckSettings } from './check-settings.ts';

/** What the composition root gives to the engine. */
export interface EngineParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly redactor: Redactor;
  readonly secrets: SecretSource;
  readonly agents: AgentRegistry;
  readonly forges: ForgeRegistry;
  readonly prompts: PromptSource;
  readonly repositories: RepositoryPolicy;
  readonly confinement: ConfinementReport;
  readonly sandboxes: { find(type: SandboxType): SandboxProvider };
  readonly collected: CollectedChanges;
  readonly leftovers: SandboxLeftovers;
  readonly dispatcher: Dispatcher;
  readonly newId: () => WorkOrderId;
  readonly newMessageId: () => MessageId;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly reach: ReachRacePoint;
  /** The agent of a work order that names none; null chooses the first model-driven one that can be used. */
  readonly defaultAgent: string | null;
  readonly agentSettings: AgentSettings;
  readonly checks: CheckSettings;
  readonly budgets: Budgets;
  /** How long a step is tried again after failures that can pass, from the first of them on. */
  readonly retryForMs: number;
  readonly commitIdentity: CommitIdentity;
  readonly maxRunning: number;
}
