import { expect, test } from 'vitest';
import type { LogEntry } from '../../../api/log.ts';
import { outcomeOf, toolOf } from './tool-call.ts';

const call: LogEntry = {
  seq: 7,
  timestamp: '2026-11-25T09:00:00.000Z',
  level: 'info',
  event: 'tool_call',
  step: 'plan',
  attempt: 1,
  message: 'running npm test',
  data: { tool: 'Bash', input: { command: 'npm test' } },
};
const result: LogEntry = {
  ...call,
  seq: 8,
  timestamp: '2026-11-25T09:00:01.500Z',
  event: 'tool_result',
  data: { ok: false },
};

test('a call has the outcome of the result that follows it at once', () => {
  expect(toolOf(call)).toBe('Bash');
  expect(outcomeOf(call, result)).toEqual({ ok: false, seconds: 1.5 });
});

test.each([
  ['nothing', undefined],
  ['another call', { ...call, seq: 8 }],
  ['a result further on', { ...result, seq: 9 }],
  ['a result of another attempt', { ...result, attempt: 2 }],
  ['a result that says nothing', { ...result, data: null }],
])('a call that is followed by %s has no outcome that would be certain', (_, next) => {
  expect(outcomeOf(call, next)).toBeNull();
});
