import { expect, test } from 'vitest';
import { claudeLine } from './schema.ts';
import type { ClaudeMessageLine, ClaudeResultLine } from './schema.ts';
import { createUsageCount } from './usage.ts';

const result = (fields: object): ClaudeResultLine => {
  const line = claudeLine.parse({ type: 'result', ...fields });
  if (line.type !== 'result') throw new Error('not a result');
  return line;
};
const model = (inputTokens: number, costUSD: number): object => ({
  inputTokens,
  cacheCreationInputTokens: 1,
  cacheReadInputTokens: 10,
  outputTokens: 5,
  costUSD,
});
const before = { input_tokens: 1000, output_tokens: 100, cost_usd: 2 };

test('what was used since the last result is added up, over models and turns', () => {
  const count = createUsageCount(before);
  count.add(result({ total_cost_usd: 2.5, model_usage_since_last_result: { a: model(100, 0.25), b: model(1, 0.25) } }));
  count.add(result({ total_cost_usd: 3, model_usage_since_last_result: { a: model(200, 0.5) } }));
  expect(count.read()).toEqual({ input_tokens: 334, output_tokens: 15, cost_usd: 1 });
});

test('a run that used nothing has used nothing, however dear its session was', () => {
  const count = createUsageCount(before);
  count.add(result({ total_cost_usd: 2, model_usage_since_last_result: {} }));
  expect(count.read()).toEqual({ input_tokens: 0, output_tokens: 0, cost_usd: 0 });
});

test('else the cost is the difference to what had been counted, and never negative', () => {
  const usage = { input_tokens: 7, cache_read_input_tokens: 3, output_tokens: 5 };
  const count = createUsageCount(before);
  count.add(result({ total_cost_usd: 2.25, usage }));
  count.add(result({ total_cost_usd: 2.5, usage }));
  expect(count.read()).toEqual({ input_tokens: 20, output_tokens: 10, cost_usd: 0.5 });
  const cheaper = createUsageCount(before);
  cheaper.add(result({ total_cost_usd: 0.5 }));
  expect(cheaper.read()).toEqual({ input_tokens: null, output_tokens: null, cost_usd: 0 });
});

test('until a result tells it, each model call counts once, with what it has read', () => {
  const count = createUsageCount(null);
  const usage = {
    input_tokens: 1_200,
    cache_creation_input_tokens: null,
    cache_read_input_tokens: 300,
    output_tokens: 1,
  };
  const message = (id: string) => ({ type: 'assistant', message: { id, usage, content: [] } }) as ClaudeMessageLine;
  expect([count.onMessage(message('a')), count.onMessage(message('a')), count.onMessage(message('b'))]).toEqual([
    true,
    false,
    true,
  ]);
  expect(count.read()).toEqual({ input_tokens: 3_000, output_tokens: null, cost_usd: null });
  count.add(
    result({ total_cost_usd: 1, usage: { input_tokens: 2_400, cache_read_input_tokens: 700, output_tokens: 80 } }),
  );
  expect(count.read()).toEqual({ input_tokens: 3_100, output_tokens: 80, cost_usd: 1 });
});

test('where nothing is told, nothing is known', () => {
  const count = createUsageCount(null);
  count.add(result({}));
  expect(count.read()).toBeNull();
});
