import { expect, test } from 'vitest';
import { hasAnswered, unfinishedAttempts, unfinishedText } from './unfinished.ts';

const failed = (error_code: string, checkpoint: string | null) => ({ success: false, error_code, checkpoint });

test('work that met a passing failure is unfinished, also where an attempt behind it left nothing', () => {
  const limited = failed('agent_rate_limited', 'a');
  expect(unfinishedAttempts([limited, failed('interrupted', null)])).toEqual([limited]);
  expect(unfinishedAttempts([limited, failed('agent_network', 'b')]).at(-1)?.checkpoint).toBe('b');
});

test.each([
  'claim_not_found',
  'change_too_large',
  'secret_in_changes',
  'disk_full',
  'git_failed',
  'sandbox_failed',
  'processes_survived',
])('%s leaves nothing to go on with', (code) => {
  expect(unfinishedAttempts([failed(code, 'a')])).toEqual([]);
});

test('a success ends the row', () => {
  const done = { success: true, error_code: null, checkpoint: 'b' };
  expect(unfinishedAttempts([failed('agent_overloaded', 'a'), done])).toEqual([]);
});

test('a session in which no model was reached is not gone on in', () => {
  const used = (input_tokens: number | null) => ({ input_tokens, output_tokens: null, cost_usd: null });
  expect(hasAnswered({ error_code: 'agent_rate_limited', usage: null })).toBe(false);
  expect(hasAnswered({ error_code: 'agent_rate_limited', usage: used(0) })).toBe(false);
  expect(hasAnswered({ error_code: 'agent_rate_limited', usage: used(9) })).toBe(true);
});

test('the agent is told of it once: the evidence of a check says it already', () => {
  expect(unfinishedText({ error_code: 'agent_idle' })).toContain('An earlier attempt');
  expect(unfinishedText({ error_code: 'check_failed' })).toBe('');
  expect(unfinishedText(undefined)).toBe('');
});
