import type { AgentWish, StepAgents } from '../domain/agent-choice.ts';
import type { Fault } from '../domain/errors.ts';
import { WorkOrderError } from '../domain/errors.ts';
import { invalidRequest } from '../domain/invalid-request.ts';
import type { SandboxType } from '../domain/work-order.ts';
import { SANDBOX_TYPES } from '../domain/work-order.ts';
import type { StepName, WorkflowType } from '../domain/workflow.ts';
import { STEP_NAMES, WORKFLOW_TYPES } from '../domain/workflow.ts';
import type { AgentRegistry } from '../ports/agent.ts';
import type { SubmittedStepAgents } from './work-orders.ts';

/*
 * The checks of what a request and the defaults of a known repository have in common, so that both are refused in the
 * same words.
 */

/** What is wanted for single steps, without what says nothing. */
export function stepAgentsOf(submitted: SubmittedStepAgents): StepAgents {
  const wishes: { [Step in StepName]?: AgentWish } = {};
  for (const step of STEP_NAMES) {
    const { agent = null, model = null } = submitted[step] ?? {};
    if (agent !== null || model !== null) wishes[step] = { agent, model };
  }
  return wishes;
}

/** Throws `sandbox_type_unavailable`. */
export function sandboxType(text: string): SandboxType {
  const known = SANDBOX_TYPES.find((type) => type === text);
  if (known) return known;
  const message = `There is no sandbox type "${text}". Use ${SANDBOX_TYPES.join(' or ')}.`;
  throw new WorkOrderError('sandbox_type_unavailable', message);
}

/** Throws `invalid_request`; `path` names the field. */
export function workflowType(text: string, path = 'workflow_type'): WorkflowType {
  const known = WORKFLOW_TYPES.find((type) => type === text);
  if (known) return known;
  const message = `There is no workflow "${text}"; known are ${WORKFLOW_TYPES.join(', ')}.`;
  throw invalidRequest([{ path, message }]);
}

/** The rules of git-check-ref-format that matter for a name from outside, and no leading dash. */
export function isBranchName(name: string): boolean {
  return (
    /^[A-Za-z0-9_][\w./+@-]{0,199}$/.test(name) &&
    !/\.\.|\/\/|@\{|\.lock(?:\/|$)|\/\.|[./]$/.test(name) &&
    !name.startsWith('refs/')
  );
}

export function branchFault(path: string): Fault {
  return { path, message: 'This is not the name of a branch.' };
}

/** The words for an agent that the registry has not. */
export function unknownAgent(id: string, agents: AgentRegistry): string {
  return `There is no agent named "${id}"; known are ${agents.agents.map((each) => each.id).join(', ')}.`;
}
