import type { StepAgents } from '../domain/agent-choice.ts';
import { oneLine } from './text.ts';

const LABEL_COLUMNS = 14;

/** A line for each fact that there is: its label, then its value. */
export function labelledLines(facts: readonly (readonly [string, string | null])[]): readonly string[] {
  return facts.flatMap(([label, value]) => (value ? [`${label.padEnd(LABEL_COLUMNS)}  ${oneLine(value)}`] : []));
}

export function agentText({ agent, model }: { readonly agent: string | null; readonly model: string | null }): string {
  return [agent, model && `(${model})`].filter(Boolean).join(' ');
}

export function stepAgentsText(steps: StepAgents): string {
  return Object.entries(steps)
    .map(([step, wish]) => `${step}: ${agentText(wish)}`)
    .join(', ');
}
