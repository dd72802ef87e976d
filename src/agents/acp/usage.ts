import type { Usage } from '../../domain/step.ts';
import type { PromptAnswer, Tokens } from './schema.ts';

/**
 * What one attempt has used, from the places where programs say it: the answer to the prompt (Claude, Codex), its
 * `_meta.quota` (Gemini), or each model call by itself (Qwen). These are of one prompt. Money is said of the whole
 * session, so what was counted before is taken off.
 */
export interface UsageCount {
  onModelCall(tokens: Tokens): void;
  /** In US dollars, of the session. False when it says nothing new. */
  onCost(amount: number): boolean;
  /** Of this attempt. */
  read(answer: PromptAnswer | null): Usage | null;
}

export function createUsageCount({
  before,
  tokensAreOfLastCall,
}: {
  /** What was counted in this session so far. */
  readonly before: Usage | null;
  /** True for a program whose answer counts its last model call alone: that number would mislead. */
  readonly tokensAreOfLastCall: boolean;
}): UsageCount {
  let calls: { readonly input_tokens: number; readonly output_tokens: number } | null = null;
  let sessionCost: number | null = null;

  return {
    onModelCall(tokens) {
      const { input, output } = countsOf(tokens);
      calls = {
        input_tokens: (calls?.input_tokens ?? 0) + (input ?? 0),
        output_tokens: (calls?.output_tokens ?? 0) + (output ?? 0),
      };
    },
    onCost(amount) {
      const isNew = amount !== sessionCost;
      sessionCost = amount;
      return isNew;
    },
    read(answer) {
      const counted = tokensAreOfLastCall ? null : (tokensOf(answer) ?? calls);
      const cost_usd = sessionCost === null ? null : Math.max(0, sessionCost - (before?.cost_usd ?? 0));
      if (counted === null && cost_usd === null) return null;
      return { input_tokens: counted?.input_tokens ?? null, output_tokens: counted?.output_tokens ?? null, cost_usd };
    },
  };
}

function tokensOf(answer: PromptAnswer | null): Omit<Usage, 'cost_usd'> | null {
  if (answer?.usage) {
    const { input, output } = countsOf(answer.usage);
    return { input_tokens: input, output_tokens: output };
  }
  const quota = answer?._meta?.quota?.token_count;
  return quota ? { input_tokens: quota.input_tokens ?? null, output_tokens: quota.output_tokens ?? null } : null;
}

/** Input counts every token that the model read. Whether a program counts those of its cache in it shows in the total. */
function countsOf(tokens: Tokens): { readonly input: number | null; readonly output: number | null } {
  const { inputTokens, outputTokens, totalTokens, cachedReadTokens, cachedWriteTokens, thoughtTokens } = tokens;
  const input = inputTokens ?? null;
  const output = outputTokens ?? null;
  if (input === null) return { input, output };
  const cached = (cachedReadTokens ?? 0) + (cachedWriteTokens ?? 0);
  const without = input + (output ?? 0);
  const hasCached = totalTokens === without || totalTokens === without + (thoughtTokens ?? 0);
  return { input: hasCached ? input : input + cached, output };
}
