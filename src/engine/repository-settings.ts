import type { Fault } from '../domain/errors.ts';
import { WorkOrderError } from '../domain/errors.ts';
import { invalidRequest } from '../domain/invalid-request.ts';
import type { RepositorySettings } from '../domain/known-repository.ts';
import type { AgentRegistry } from '../ports/agent.ts';
import {
  branchFault,
  isBranchName,
  sandboxType,
  stepAgentsOf,
  unknownAgent,
  workflowType,
} from './submitted-fields.ts';
import type { SubmittedStepAgents } from './work-orders.ts';

/** What a user sends. A field that is absent stays as it is, null clears it. */
export interface SubmittedSettings {
  readonly display_name?: string | null | undefined;
  readonly default_sandbox_type?: string | null | undefined;
  readonly default_workflow_type?: string | null | undefined;
  readonly default_agent?: string | null | undefined;
  readonly default_model?: string | null | undefined;
  readonly default_step_agents?: SubmittedStepAgents | null | undefined;
  readonly default_base_branch?: string | null | undefined;
  readonly checks?: readonly string[] | null | undefined;
}

/** What is submitted over what was there before. Throws `invalid_request` or `sandbox_type_unavailable`. */
export function settingsOf(submitted: SubmittedSettings, before: RepositorySettings): RepositorySettings {
  const { default_sandbox_type: sandbox, default_workflow_type: workflow } = submitted;
  const { default_step_agents: steps, checks } = submitted;
  const kept = <Value>(value: Value | undefined, earlier: Value): Value => (value === undefined ? earlier : value);
  const settings: RepositorySettings = {
    display_name: kept(submitted.display_name, before.display_name),
    default_sandbox_type: kept(sandbox == null ? sandbox : sandboxType(sandbox), before.default_sandbox_type),
    default_workflow_type: kept(
      workflow == null ? workflow : workflowType(workflow, 'default_workflow_type'),
      before.default_workflow_type,
    ),
    default_agent: kept(submitted.default_agent, before.default_agent),
    default_model: kept(submitted.default_model, before.default_model),
    default_step_agents: steps === undefined ? before.default_step_agents : stepAgentsOf(steps ?? {}),
    default_base_branch: kept(submitted.default_base_branch, before.default_base_branch),
    checks: checks === undefined ? before.checks : (checks ?? []),
  };
  const faults = [...branchFaults(settings), ...modelFaults(settings)];
  if (faults.length > 0) throw invalidRequest(faults);
  return settings;
}

function branchFaults({ default_base_branch: branch }: RepositorySettings): readonly Fault[] {
  return branch === null || isBranchName(branch) ? [] : [branchFault('default_base_branch')];
}

function modelFaults({ default_agent, default_model, default_step_agents }: RepositorySettings): readonly Fault[] {
  const wishes = [
    ['default_model', 'default_agent', { agent: default_agent, model: default_model }] as const,
    ...Object.entries(default_step_agents).map(
      ([step, wish]) => [`default_step_agents.${step}.model`, `default_step_agents.${step}.agent`, wish] as const,
    ),
  ];
  return wishes.flatMap(([path, beside, { agent, model }]) =>
    model !== null && agent === null ? [{ path, message: `A model needs ${beside} beside it.` }] : [],
  );
}

/**
 * Looks only at what is submitted now: an agent that has gone since does not keep the rest from being changed. Throws
 * `agent_unavailable` or `agent_repository_refused`.
 */
export function checkAgents(
  { default_agent, default_step_agents }: SubmittedSettings,
  { agents, repositoryUrl }: { readonly agents: AgentRegistry; readonly repositoryUrl: string },
): void {
  const steps = stepAgentsOf(default_step_agents ?? {});
  const named = [
    { path: 'default_agent', id: default_agent ?? null },
    ...Object.entries(steps).map(([step, { agent }]) => ({ path: `default_step_agents.${step}.agent`, id: agent })),
  ].flatMap(({ path, id }) => (id === null ? [] : [{ path, id }]));
  const unknown = named.filter(({ id }) => !agents.find(id));
  const faults = unknown.map(({ path, id }) => ({ path, message: unknownAgent(id, agents) }));
  const [first] = faults;
  if (first) throw new WorkOrderError('agent_unavailable', first.message, { faults });
  const refused = named.flatMap(({ path, id }) => {
    const message = agents.find(id)?.refuses({ repositoryUrl }) ?? null;
    return message === null ? [] : [{ path, message }];
  });
  const [refusal] = refused;
  if (refusal) throw new WorkOrderError('agent_repository_refused', refusal.message, { faults: refused });
}
