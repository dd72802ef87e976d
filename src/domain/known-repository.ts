import type { StepAgents } from './agent-choice.ts';
import type { Budget } from './budget.ts';
import type { RepositoryId } from './ids.ts';
import type { SandboxType } from './work-order.ts';
import type { WorkflowType } from './workflow.ts';

/** What a user says of a repository. A default counts where a request says nothing; null leaves it to the service. */
export interface RepositorySettings {
  readonly display_name: string | null;
  readonly default_sandbox_type: SandboxType | null;
  readonly default_workflow_type: WorkflowType | null;
  readonly default_agent: string | null;
  /** Only beside its agent. */
  readonly default_model: string | null;
  readonly default_step_agents: StepAgents;
  readonly default_base_branch: string | null;
  /** Commands that say whether a change is good, such as `npm test`; in the order in which they are to run. */
  readonly checks: readonly string[];
  /** Of a work order; null leaves it to the service. */
  readonly default_budget: Budget | null;
  /** Of all its work orders together, on one UTC day; null leaves it to the service. */
  readonly daily_budget: Budget | null;
}

/** What the forge said of a repository. All but the error are of the latest look that succeeded, null before it. */
export interface RepositoryVerification {
  readonly repository_owner: string | null;
  readonly repository_name: string | null;
  readonly default_branch: string | null;
  /** Null also where the forge does not say. */
  readonly may_push: boolean | null;
  readonly last_verified_at: string | null;
  /** Why the latest look failed; null when it succeeded, or when there was none. */
  readonly verification_error: string | null;
}

/** A repository that the service keeps defaults for. */
export interface KnownRepository extends RepositorySettings, RepositoryVerification {
  readonly repository_id: RepositoryId;
  /** As the policy has accepted it. */
  readonly repository_url: string;
  readonly created_at: string;
  readonly updated_at: string;
  /** When the latest work order was handed in; null before the first. */
  readonly last_used_at: string | null;
}

export const NO_SETTINGS: RepositorySettings = {
  display_name: null,
  default_sandbox_type: null,
  default_workflow_type: null,
  default_agent: null,
  default_model: null,
  default_step_agents: {},
  default_base_branch: null,
  checks: [],
  default_budget: null,
  daily_budget: null,
};

export const NOT_VERIFIED: RepositoryVerification = {
  repository_owner: null,
  repository_name: null,
  default_branch: null,
  may_push: null,
  last_verified_at: null,
  verification_error: null,
};

/** Equal for two accepted URLs that differ only in `.git` at the end, which forges take for the same; not for folders. */
export function repositoryKey(repositoryUrl: string): string {
  return repositoryUrl.startsWith('/') ? repositoryUrl : repositoryUrl.replace(/(?<=[^/])\.git$/, '');
}
