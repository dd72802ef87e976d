import { expect, test } from 'vitest';
import type { CheckResult } from './check.ts';
import { attemptsToMend, checkFailure, evidenceText } from './check.ts';
import type { EndedAttempt } from './step.ts';

const FAILED: CheckResult = {
  command: 'npm test',
  status: 'failed',
  exit_code: 1,
  duration_seconds: 2,
  output: '1 of 7 failed',
  output_truncated: false,
};

function ended(minute: number, changes: Partial<EndedAttempt>): EndedAttempt {
  const finished_at = new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
  return {
    step: 'implement',
    agent_name: 'implementor',
    attempt: minute,
    started_at: finished_at,
    agent: 'demo',
    model: null,
    status: 'failed',
    success: false,
    output: null,
    answer: null,
    output_truncated: false,
    error_code: null,
    error_message: null,
    limit_resets_at: null,
    duration_seconds: 1,
    session_id: null,
    finished_at,
    timestamp: finished_at,
    usage: null,
    checkpoint: null,
    changes: null,
    checks: [],
    ...changes,
  };
}

const refused = (minute: number) => ended(minute, { error_code: 'check_failed', checks: [FAILED] });
const succeeded = (minute: number) => ended(minute, { status: 'succeeded', success: true });
const numbers = (attempts: readonly EndedAttempt[]) => attempts.map(({ attempt }) => attempt);

test('what has to be mended ends with a success', () => {
  const attempts = [refused(1), succeeded(2), refused(3), refused(5)];
  expect(numbers(attemptsToMend(attempts))).toEqual([3, 5]);
  expect(numbers(attemptsToMend([...attempts, succeeded(6)]))).toEqual([]);
});

test('what cuts an attempt short, or fails it otherwise, leaves what has to be mended as it was', () => {
  const attempts = [refused(1), ended(2, { status: 'interrupted' }), ended(3, { error_code: 'agent_overloaded' })];
  expect(numbers(attemptsToMend(attempts))).toEqual([1]);
});

test.each([
  [{}, 'The check "npm test" ended with exit code 1.'],
  [{ exit_code: null }, 'The check "npm test" was killed.'],
  [{ status: 'timed_out', exit_code: null, duration_seconds: 900.2 }, 'The check "npm test" was not done after 900 s.'],
] as const)('says why a check failed: %o', (changes, sentence) => {
  expect(checkFailure({ ...FAILED, ...changes })).toBe(sentence);
});

test('the evidence shows what was said as it was said, and tells when it is cut', () => {
  const passed: CheckResult = { ...FAILED, status: 'passed', exit_code: 0 };
  expect(evidenceText([])).toBe('');
  expect(evidenceText([passed])).toBe('');
  expect(evidenceText([passed, { ...FAILED, output: '```\nno\n```' }])).toMatch(
    /ended with exit code 1\.\n\nWhat it said:\n\n````\n```\nno\n```\n````$/,
  );
  const long = evidenceText([{ ...FAILED, output: `${'x'.repeat(20_000)}the end` }]);
  expect(long).toContain('The end of what it said:');
  expect(long).toContain('the end');
  expect(long.length).toBeLessThan(9_000);
});
