import { limitedAgents } from '../domain/retry.ts';
import type { StepName } from '../domain/workflow.ts';
import type { Agent } from '../ports/agent.ts';
import type { RunContext } from './run-context.ts';
import { countsStill, workOrderOf } from './run-context.ts';

/**
 * Who goes on with a step in place of `wanted`: the first of the named fall-backs that can be used and has met no limit
 * itself. Null where `wanted` has met none, or there is nobody.
 */
export async function fallbackAgent(context: RunContext, step: StepName, wanted: string | null): Promise<Agent | null> {
  const { fallbackAgents } = context.agentSettings;
  if (fallbackAgents.length === 0) return null;
  const { repository_url: repositoryUrl } = workOrderOf(context);
  const attempts = context.ended.filter(
    (attempt) => attempt.step === step && countsStill(context, attempt.finished_at),
  );
  const limited = limitedAgents(attempts, context.clock.now());
  if (wanted === null || !limited.has(wanted)) return null;
  for (const id of fallbackAgents) {
    const agent = limited.has(id) ? undefined : context.agents.find(id);
    if (!agent || agent.refuses({ repositoryUrl }) !== null) continue;
    const { available, loggedIn } = await agent.check();
    if (available && loggedIn !== false) return agent;
  }
  return null;
}
