import { expect, test } from 'vitest';
import type { CheckResult } from './check.ts';
import { attemptToCheck, attemptsToMend, checkFailure, evidenceText } from './check.ts';

const FAILED: CheckResult = {
  command: 'npm test',
  status: 'failed',
  exit_code: 1,
  duration_seconds: 2,
  output: '1 of 7 failed',
  output_truncated: false,
};

const refused = { success: false, error_code: 'check_failed' };
const failed = { success: false, error_code: 'agent_overloaded' };
const interrupted = { success: false, error_code: 'interrupted' };
const succeeded = { success: true, error_code: null };

test('what has to be mended ends with a success', () => {
  const latest = { ...refused };
  expect(attemptsToMend([refused, succeeded, refused, latest])).toHaveLength(2);
  expect(attemptsToMend([refused, succeeded, refused, latest]).at(-1)).toBe(latest);
  expect(attemptsToMend([refused, succeeded])).toEqual([]);
});

test('what cuts an attempt short, or fails it otherwise, leaves what has to be mended as it was', () => {
  expect(attemptsToMend([refused, interrupted, failed])).toEqual([refused]);
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

test('work that is still to be checked is that of the latest attempt that asked an agent, or was taken over', () => {
  const attempt = { status: 'interrupted', agent: null, answer: null, checkpoint: null } as const;
  const answer = { commit_message: null, pull_request_title: null, pull_request_body: null, no_change_reason: null };
  const done = { ...attempt, agent: 'claude', answer, checkpoint: 'c1' };
  const [takenOver, cutBefore] = [{ ...done, agent: null }, attempt];
  expect(attemptToCheck([])).toBeUndefined();
  expect(attemptToCheck([done])).toBe(done);
  expect(attemptToCheck([done, takenOver, cutBefore])).toBe(takenOver);
  expect(attemptToCheck([done, { ...attempt, agent: 'claude' }])).toBeUndefined();
  expect(attemptToCheck([done, { ...done, status: 'failed' }])).toBeUndefined();
  expect(attemptToCheck([{ ...done, checkpoint: null }])).toBeUndefined();
});
