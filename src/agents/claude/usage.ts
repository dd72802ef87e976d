import type { Usage } from '../../domain/step.ts';
import type { ClaudeMessageLine, ClaudeResultLine } from './schema.ts';

/** What one run of the program has used, over all its results: it gives one for each turn. */
export interface UsageCount {
  add(result: ClaudeResultLine): void;
  /** Tokens of the model calls since the last result, until the next one tells them whole. False for nothing new. */
  onMessage(message: ClaudeMessageLine): boolean;
  /** Null where no result told it. */
  read(): Usage | null;
}

/**
 * Counts this run alone. The program says in each result what it has used since the last one, helpers included; that is
 * added up. Where it does not, tokens are of the turn, and the cost is what the session's has grown by, with `before` as
 * what had been counted in a session that is gone on with. Input is every token that the model read, out of its cache
 * or not.
 */
export function createUsageCount(before: Usage | null): UsageCount {
  let input: number | null = null;
  let output: number | null = null;
  let cost: number | null = null;
  /** By the id of the message: each of its parts comes in a line of its own. */
  const calls = new Map<string, number>();
  const add = (sum: number | null, ...more: readonly (number | null | undefined)[]): number | null =>
    more.reduce<number | null>((total, value) => (typeof value === 'number' ? (total ?? 0) + value : total), sum);

  return {
    add({ usage, total_cost_usd: total, model_usage_since_last_result: byModel }) {
      calls.clear();
      if (byModel) {
        input = add(input, 0);
        output = add(output, 0);
        cost = add(cost, 0);
        for (const model of Object.values(byModel)) {
          input = add(input, model.inputTokens, model.cacheCreationInputTokens, model.cacheReadInputTokens);
          output = add(output, model.outputTokens);
          cost = add(cost, model.costUSD);
        }
        return;
      }
      input = add(input, usage?.input_tokens, usage?.cache_creation_input_tokens, usage?.cache_read_input_tokens);
      output = add(output, usage?.output_tokens);
      if (typeof total === 'number') cost = Math.max(cost ?? 0, total - (before?.cost_usd ?? 0));
    },
    onMessage({ type, message: { id, usage } }) {
      const { input_tokens: read, cache_creation_input_tokens: written, cache_read_input_tokens: cached } = usage ?? {};
      const tokens = add(null, read, written, cached);
      if (type !== 'assistant' || !id || !tokens || calls.has(id)) return false;
      calls.set(id, tokens);
      return true;
    },
    read() {
      const read = add(input, ...calls.values());
      if (read === null && output === null && cost === null) return null;
      return { input_tokens: read, output_tokens: output, cost_usd: cost };
    },
  };
}
