import type { Usage } from '../../domain/step.ts';
import type { CodexUsage } from './schema.ts';

/** Of this run alone: Codex counts over its whole thread, a resumed or forked one with what was used before. */
export function usageOf(counted: CodexUsage, before: Usage | null): Usage | null {
  if (!counted) return null;
  const since = (now: number | null | undefined, then: number | null | undefined): number | null =>
    typeof now === 'number' ? Math.max(0, now - (then ?? 0)) : null;
  return {
    input_tokens: since(counted.input_tokens, before?.input_tokens),
    output_tokens: since(counted.output_tokens, before?.output_tokens),
    cost_usd: null,
  };
}
