import type { AgentWish, StepAgents } from '../domain/agent-choice.ts';
import type { Fault } from '../domain/errors.ts';
import { WorkOrderError } from '../domain/errors.ts';
import type { WorkOrderRequest } from '../domain/work-order.ts';
import { issueNumberIn } from '../domain/naming.ts';
import { SANDBOX_TYPES } from '../domain/work-order.ts';
import type { StepName } from '../domain/workflow.ts';
import { STEP_NAMES, WORKFLOW_TYPES } from '../domain/workflow.ts';
import type { Agent } from '../ports/agent.ts';
import type { EngineParts } from './engine-parts.ts';
import type { Submission } from './work-orders.ts';

type Parts = Pick<EngineParts, 'agents' | 'repositories' | 'defaultAgent' | 'agentSettings'>;

/** Checks what a user has sent and fills in what is absent. Rejects as `WorkOrders.submit` says. */
export async function requestOf(submission: Submission, parts: Parts): Promise<WorkOrderRequest> {
  const { userRequest, model, baseBranch } = submission;
  const sandbox_type = sandboxType(submission.sandboxType ?? 'git_worktree');
  const workflow_type = workflowType(submission.workflowType ?? 'agent_workflow_plan');
  if (baseBranch !== undefined && !isBranchName(baseBranch))
    throw invalid({ path: 'base_branch', message: 'This is not the name of a branch.' });
  const repository_url = await parts.repositories.accept({ repositoryUrl: submission.repositoryUrl });
  const agent = await chooseAgent(submission.agent, parts);
  const step_agents = stepAgentsOf(submission.stepAgents ?? {});
  await checkAgents({ agent: agent.id, step_agents, repository_url }, parts);
  return {
    repository_url,
    user_request: userRequest,
    workflow_type,
    sandbox_type,
    github_issue_number: submission.githubIssueNumber ?? issueNumberIn(userRequest),
    agent: agent.id,
    agent_chosen_by: submission.agent === undefined ? 'service' : 'request',
    model: model ?? null,
    step_agents,
    base_branch: baseBranch ?? null,
    approvals: submission.approvals ?? [],
  };
}

/**
 * Looks whether every agent that may carry out a step can be used here. Rejects with `agent_unavailable` or
 * `agent_repository_refused`.
 */
export async function checkAgents(
  wanted: Pick<WorkOrderRequest, 'agent' | 'step_agents' | 'repository_url'>,
  parts: Pick<Parts, 'agents' | 'agentSettings'>,
): Promise<void> {
  const wishes = [...Object.values(wanted.step_agents), ...Object.values(parts.agentSettings.steps)];
  const ids = new Set([wanted.agent, ...wishes.flatMap((wish) => wish.agent ?? [])]);
  for (const id of ids) {
    const refusal = (await usableAgent(id, parts)).refuses({ repositoryUrl: wanted.repository_url });
    if (refusal) throw new WorkOrderError('agent_repository_refused', refusal);
  }
}

/** The agent that was named, else the configured one, else the first model-driven one that can be used now. */
async function chooseAgent(named: string | undefined, { agents, defaultAgent }: Parts): Promise<Agent> {
  const wanted = named ?? defaultAgent;
  if (wanted !== null) return usableAgent(wanted, { agents });
  const problems: string[] = [];
  for (const agent of agents.agents.filter(({ modelDriven }) => modelDriven)) {
    const check = await agent.check();
    if (check.available && check.loggedIn !== false) return agent;
    problems.push(`${agent.id}: ${check.problem ?? 'not logged in'} ${check.nextStep ?? ''}`.trim());
  }
  throw new WorkOrderError('agent_unavailable', `No agent can be used now. ${problems.join(' ')}`.trim());
}

async function usableAgent(id: string, { agents }: Pick<Parts, 'agents'>): Promise<Agent> {
  const agent = agents.find(id);
  const known = agents.agents.map((each) => each.id).join(', ');
  if (!agent) throw new WorkOrderError('agent_unavailable', `There is no agent named "${id}"; known are ${known}.`);
  const { available, problem, nextStep } = await agent.check();
  if (available) return agent;
  const reason = problem ?? `The agent ${id} cannot be used.`;
  throw new WorkOrderError('agent_unavailable', nextStep ? `${reason} ${nextStep}` : reason);
}

/** What is wanted for single steps, without what says nothing. */
export function stepAgentsOf(submitted: NonNullable<Submission['stepAgents']>): StepAgents {
  const wishes: { [Step in StepName]?: AgentWish } = {};
  for (const step of STEP_NAMES) {
    const { agent = null, model = null } = submitted[step] ?? {};
    if (agent !== null || model !== null) wishes[step] = { agent, model };
  }
  return wishes;
}

function sandboxType(text: string) {
  const known = SANDBOX_TYPES.find((type) => type === text);
  if (known) return known;
  const message = `There is no sandbox type "${text}". Use ${SANDBOX_TYPES.join(' or ')}.`;
  throw new WorkOrderError('sandbox_type_unavailable', message);
}

function workflowType(text: string) {
  const known = WORKFLOW_TYPES.find((type) => type === text);
  if (known) return known;
  throw invalid({
    path: 'workflow_type',
    message: `There is no workflow "${text}"; known are ${WORKFLOW_TYPES.join(', ')}.`,
  });
}

/** The rules of git-check-ref-format that matter for a name from outside, and no leading dash. */
function isBranchName(name: string): boolean {
  return (
    /^[A-Za-z0-9_][\w./+@-]{0,199}$/.test(name) &&
    !/\.\.|\/\/|@\{|\.lock(?:\/|$)|\/\.|[./]$/.test(name) &&
    !name.startsWith('refs/')
  );
}

function invalid(fault: Fault): WorkOrderError {
  return new WorkOrderError('invalid_request', `${fault.path}: ${fault.message}`, { faults: [fault] });
}
