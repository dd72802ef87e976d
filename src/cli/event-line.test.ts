import { expect, test } from 'vitest';
import type { EventData, EventType, WorkOrderEvent } from '../domain/event.ts';
import { eventLine } from './event-line.ts';

/** Without the time of day, which depends on where the test runs. */
function lineOf<Type extends EventType>(type: Type, data: EventData[Type], running: 'commit' | null = null): string {
  const event = {
    agent_work_order_id: 'wo-1',
    seq: 1,
    position: 1,
    type,
    occurred_at: '2026-11-23T09:30:00.000Z',
    data,
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- type and data belong together
  const line = eventLine(event as unknown as WorkOrderEvent, running);
  expect(line).toMatch(/^\d\d:\d\d:00 {2}/);
  return line.slice('09:30:00  '.length);
}

test('an attempt has its step in front', () => {
  const started = {
    step: 'plan',
    agent_name: 'planner',
    attempt: 2,
    started_at: '',
    agent: 'demo',
    model: null,
  } as const;
  expect(lineOf('attempt_started', started)).toBe('plan             started (attempt 2)');
  const finished = {
    status: 'failed',
    success: false,
    duration_seconds: 65,
    error_message: 'It fell silent.\nmore',
  } as const;
  const rest = {
    output: null,
    output_truncated: false,
    answer: null,
    limit_resets_at: null,
    checks: [],
    error_code: 'agent_idle',
    session_id: null,
    usage: null,
  };
  const times = { finished_at: '', timestamp: '', checkpoint: null, changes: null };
  expect(lineOf('attempt_finished', { ...started, ...finished, ...rest, ...times })).toBe(
    'plan             failed in 1 min 05 s: It fell silent.',
  );
  const check = { exit_code: 0, duration_seconds: 1, output: '', output_truncated: false } as const;
  const checks = [
    { ...check, command: 'npm ci', status: 'passed' },
    { ...check, command: 'npm test', status: 'failed', exit_code: 1 },
  ] as const;
  expect(lineOf('attempt_finished', { ...started, ...finished, ...rest, ...times, checks })).toBe(
    'plan             failed in 1 min 05 s, 1 of 2 checks passed: It fell silent.',
  );
});

test('what the service does belongs to the step that runs', () => {
  const push = { effect: 'push', git_branch_name: 'feat-x', commit: '0123456789abcdef' } as const;
  expect(lineOf('effect_done', push, 'commit')).toBe('commit           pushed feat-x at 0123456789');
});

test('what comes from outside cannot break out of its line', () => {
  expect(lineOf('note', { code: 'x', message: 'a\u001b[2J\n09:30:00  plan  fake' })).toBe(
    `${' '.repeat(17)}a 09:30:00 plan fake`,
  );
});

test('a type of a newer service is named', () => {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it does not exist
  expect(lineOf('disk_reclaimed' as EventType, {})).toBe(`${' '.repeat(17)}disk_reclaimed`);
});
