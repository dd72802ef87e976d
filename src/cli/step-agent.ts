import { InvalidArgumentError } from 'commander';
import type { AgentWish } from '../domain/agent-choice.ts';

/** Takes `plan=codex` or `plan=codex:model` to what was given before. The service knows which steps and agents there are. */
export function stepAgent(
  value: string,
  before: Readonly<Record<string, AgentWish>> = {},
): Readonly<Record<string, AgentWish>> {
  const { step, agent, model } = /^(?<step>\w+)=(?<agent>[^:]*)(?::(?<model>.+))?$/.exec(value)?.groups ?? {};
  if (!step || !(agent || model)) throw new InvalidArgumentError('It is written as STEP=AGENT or STEP=AGENT:MODEL.');
  return { ...before, [step]: { agent: agent || null, model: model ?? null } };
}
