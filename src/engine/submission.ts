import type { StepAgents } from '../domain/agent-choice.ts';
import type { Budget } from '../domain/budget.ts';
import { budgetOf } from '../domain/budget.ts';
import { WorkOrderError, hasCode } from '../domain/errors.ts';
import { invalidRequest } from '../domain/invalid-request.ts';
import type { KnownRepository } from '../domain/known-repository.ts';
import { issueNumberIn } from '../domain/naming.ts';
import type { RepositoryDefaults, WorkOrderRequest } from '../domain/work-order.ts';
import type { Agent } from '../ports/agent.ts';
import { uncountedBy } from './budgets.ts';
import type { EngineParts } from './engine-parts.ts';
import {
  branchFault,
  isBranchName,
  sandboxType,
  stepAgentsOf,
  unknownAgent,
  workflowType,
} from './submitted-fields.ts';
import type { Submission } from './work-orders.ts';

type Parts = Pick<EngineParts, 'store' | 'agents' | 'repositories' | 'defaultAgent' | 'agentSettings' | 'budgets'>;

/**
 * Checks what a user has sent and fills in what is absent: from the defaults of a known repository, else from the
 * service's. Rejects as `WorkOrders.submit` says.
 */
export async function requestOf(submission: Submission, parts: Parts): Promise<WorkOrderRequest> {
  const { userRequest, baseBranch } = submission;
  const sandbox_type = submission.sandboxType === undefined ? null : sandboxType(submission.sandboxType);
  const workflow_type = submission.workflowType === undefined ? null : workflowType(submission.workflowType);
  if (baseBranch !== undefined && !isBranchName(baseBranch)) throw invalidRequest([branchFault('base_branch')]);
  const repository_url = await parts.repositories.accept({ repositoryUrl: submission.repositoryUrl });
  const known = await parts.store.repositoryOf({ repositoryUrl: repository_url });
  const repository_defaults = known && defaultsOf(known);
  const { agent, agent_chosen_by, model } = await chooseAgent(submission, known, parts);
  const step_agents = stepAgentsOf(submission.stepAgents ?? {});
  const wanted = { agent: agent.id, agent_chosen_by, step_agents, repository_defaults, repository_url };
  const agents = await checkAgents(wanted, parts);
  const budget = budgetOf(submission.budget ?? {});
  if (budget) expectCounted(agents, budget);
  return {
    repository_url,
    user_request: userRequest,
    workflow_type: workflow_type ?? known?.default_workflow_type ?? 'agent_workflow_plan',
    sandbox_type: sandbox_type ?? known?.default_sandbox_type ?? 'git_worktree',
    github_issue_number: submission.githubIssueNumber ?? issueNumberIn(userRequest),
    agent: agent.id,
    agent_chosen_by,
    model,
    step_agents,
    repository_defaults,
    base_branch: baseBranch ?? known?.default_base_branch ?? null,
    requested_by: submission.requestedBy ?? null,
    approvals: submission.approvals ?? [],
    checks: submission.checks ?? (known && known.checks.length > 0 ? known.checks : null),
    budget: budget ?? known?.default_budget ?? parts.budgets.settings.workOrder,
  };
}

/** Who asks for a budget is not to believe in one that cannot hold: a default is told of in the history instead. */
function expectCounted(agents: readonly Agent[], budget: Budget): void {
  const faults = agents.flatMap((agent) =>
    uncountedBy(agent, budget).map(({ measure, what }) => {
      const message = `${agent.id} does not tell ${what}, so that it cannot be held to this. Limit the minutes.`;
      return { path: `budget.${measure}`, message };
    }),
  );
  if (faults.length > 0) throw invalidRequest(faults);
}

/**
 * Looks whether every agent that may carry out a step can be used here, and returns them. Rejects with
 * `agent_unavailable` or `agent_repository_refused`.
 */
export async function checkAgents(
  wanted: Pick<
    WorkOrderRequest,
    'agent' | 'agent_chosen_by' | 'step_agents' | 'repository_defaults' | 'repository_url'
  >,
  parts: Pick<Parts, 'agents' | 'agentSettings'>,
): Promise<readonly Agent[]> {
  const ids = [wanted.agent, ...agentsIn(wanted.step_agents), ...agentsIn(parts.agentSettings.steps)];
  const used = await Promise.all([...new Set(ids)].map((id) => usableAgent(id, parts)));
  const { repository_defaults: defaults } = wanted;
  // An agent that the request names goes before every default.
  if (defaults && wanted.agent_chosen_by !== 'request') {
    for (const id of agentsIn(defaults.step_agents)) used.push(await usableDefault(id, defaults, parts));
  }
  for (const agent of used) {
    const refusal = agent.refuses({ repositoryUrl: wanted.repository_url });
    if (refusal) throw new WorkOrderError('agent_repository_refused', refusal);
  }
  return used;
}

function agentsIn(steps: StepAgents): readonly string[] {
  return Object.values(steps).flatMap(({ agent }) => agent ?? []);
}

function defaultsOf(known: KnownRepository): RepositoryDefaults {
  return {
    repository_id: known.repository_id,
    agent: known.default_agent,
    model: known.default_model,
    step_agents: known.default_step_agents,
  };
}

/** The agent of the request, else of the known repository, else of the service; each with its model. */
async function chooseAgent(
  submission: Submission,
  known: KnownRepository | null,
  parts: Parts,
): Promise<Pick<WorkOrderRequest, 'agent_chosen_by' | 'model'> & { readonly agent: Agent }> {
  const { agent: named, model: wanted = null } = submission;
  // A model counts only for the agent that it was named with.
  const model = wanted ?? (named === undefined || named === known?.default_agent ? known?.default_model : null) ?? null;
  if (named !== undefined) return { agent: await usableAgent(named, parts), agent_chosen_by: 'request', model };
  if (known?.default_agent == null) return { agent: await agentOfService(parts), agent_chosen_by: 'service', model };
  const agent = await usableDefault(known.default_agent, known, parts);
  return { agent, agent_chosen_by: 'known_repository', model };
}

/** The configured agent, else the first model-driven one that can be used now. */
async function agentOfService({ agents, defaultAgent }: Parts): Promise<Agent> {
  if (defaultAgent !== null) return usableAgent(defaultAgent, { agents });
  const problems: string[] = [];
  for (const agent of agents.agents.filter(({ modelDriven }) => modelDriven)) {
    const check = await agent.check();
    if (check.available && check.loggedIn !== false) return agent;
    problems.push(`${agent.id}: ${check.problem ?? 'not logged in'} ${check.nextStep ?? ''}`.trim());
  }
  throw new WorkOrderError('agent_unavailable', `No agent can be used now. ${problems.join(' ')}`.trim());
}

async function usableDefault(
  id: string,
  { repository_id }: Pick<RepositoryDefaults, 'repository_id'>,
  parts: Pick<Parts, 'agents'>,
): Promise<Agent> {
  try {
    return await usableAgent(id, parts);
  } catch (error) {
    if (!hasCode(error, 'agent_unavailable')) throw error;
    const message = `${error.message} The defaults of ${repository_id} want ${id}.`;
    throw new WorkOrderError('agent_unavailable', message, { cause: error });
  }
}

async function usableAgent(id: string, { agents }: Pick<Parts, 'agents'>): Promise<Agent> {
  const agent = agents.find(id);
  if (!agent) throw new WorkOrderError('agent_unavailable', unknownAgent(id, agents));
  const { available, problem, nextStep } = await agent.check();
  if (available) return agent;
  const reason = problem ?? `The agent ${id} cannot be used.`;
  throw new WorkOrderError('agent_unavailable', nextStep ? `${reason} ${nextStep}` : reason);
}
