import type { AgentChoice, AgentWishes, TargetSettings } from '../domain/agent-choice.ts';
import { REPOSITORY_SETTINGS_PATH, chooseAgent, targetSettingsIn } from '../domain/agent-choice.ts';
import { WorkOrderError } from '../domain/errors.ts';
import type { WorkOrder } from '../domain/work-order.ts';
import type { StepName } from '../domain/workflow.ts';
import type { Agent } from '../ports/agent.ts';
import { fallbackAgent } from './fallback-agent.ts';
import type { RunContext } from './run-context.ts';
import { sandboxOf, workOrderOf } from './run-context.ts';

const MAX_SETTINGS_BYTES = 64 * 1_024;
const NO_WISHES: AgentWishes = { general: { agent: null, model: null }, steps: {} };

/**
 * The agent that carries out a step of this work order. Rejects with `agent_unavailable` where it does not exist here,
 * `agent_repository_refused`, or `repository_settings_invalid`.
 */
export async function agentOfStep(
  context: RunContext,
  step: StepName,
): Promise<{ readonly agent: Agent; readonly choice: AgentChoice }> {
  const workOrder = workOrderOf(context);
  const { agent: chosen, repository_url: repositoryUrl } = workOrder;
  const choice = chooseAgent({
    step,
    ...wishesOf(workOrder),
    repository: (await settingsOfTarget(context)).wishes,
    service: { general: { agent: chosen, model: null }, steps: context.agentSettings.steps },
  });
  const other = await fallbackAgent(context, step, choice.agent);
  if (other) return { agent: other, choice: { agent: other.id, model: null, chosen_by: 'fallback' } };
  const agent = context.agents.find(choice.agent);
  if (!agent) {
    const wanted: Readonly<Record<AgentChoice['chosen_by'], string>> = {
      request: 'the request',
      known_repository: 'the known repository',
      repository: `${REPOSITORY_SETTINGS_PATH} of the target repository`,
      service: 'the configuration',
      fallback: 'the setting fallbackAgents',
    };
    const known = context.agents.agents.map(({ id }) => id).join(', ');
    throw new WorkOrderError(
      'agent_unavailable',
      `There is no agent named "${choice.agent}", which ${wanted[choice.chosen_by]} wants for ${step}; known are ${known}.`,
    );
  }
  const refusal = agent.refuses({ repositoryUrl });
  if (refusal) throw new WorkOrderError('agent_repository_refused', refusal);
  return { agent, choice };
}

/** What the request wanted, and what the defaults of its repository did. */
function wishesOf({ agent, agent_chosen_by: by, model, step_agents, repository_defaults: defaults }: WorkOrder) {
  const general = { agent, model };
  // A model that was named without an agent was meant for the one that was then chosen for it.
  const isOfRequest = by === 'request' || (by === 'service' && model !== null);
  const request: AgentWishes = { general: isOfRequest ? general : NO_WISHES.general, steps: step_agents };
  const known_repository: AgentWishes = defaults
    ? {
        general: by === 'known_repository' ? general : { agent: defaults.agent, model: defaults.model },
        steps: defaults.step_agents,
      }
    : NO_WISHES;
  return { request, known_repository };
}

/**
 * What the target repository says in its settings: from the base commit, so that an agent of this work order cannot
 * change them, and a restart reads the same. Rejects with `repository_settings_invalid`.
 */
export async function settingsOfTarget(context: RunContext): Promise<TargetSettings> {
  const sandbox = sandboxOf(context);
  const text = context.targetSettings
    ? null
    : await sandbox.readFile({
        checkpoint: sandbox.baseCommit,
        path: REPOSITORY_SETTINGS_PATH,
        maxBytes: MAX_SETTINGS_BYTES,
      });
  context.targetSettings ??= text === null ? { wishes: NO_WISHES, checks: [] } : targetSettingsIn(text);
  return context.targetSettings;
}
