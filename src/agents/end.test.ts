import { describe, expect, test } from 'vitest';
import type { ProcessEnd, ProcessEndReason } from '../ports/process.ts';
import { diedOf, limitsOf, stoppedBy } from './end.ts';

const limits = { firstActivityMs: 1000, idleMs: 90_000, totalMs: 3_600_000 };
const end = (fields: Partial<ProcessEnd>): ProcessEnd => ({
  reason: 'exited',
  exitCode: 0,
  signal: null,
  durationMs: 5,
  stderrTail: '',
  survivors: [],
  error: null,
  ...fields,
});

describe('what stopped a program from outside', () => {
  const cases: readonly (readonly [ProcessEndReason, string, string])[] = [
    ['not_started', 'agent_missing', 'It could not be started: no such file.'],
    ['aborted', 'cancelled', 'It was ended on request.'],
    ['no_first_activity', 'agent_no_first_activity', 'It said nothing in its first 1 second.'],
    ['idle', 'agent_idle', 'It was silent for 90 seconds.'],
    ['total', 'agent_timeout', 'It was not done after 60 minutes.'],
  ];
  test.each(cases)('%s', (reason, errorCode, errorMessage) => {
    const error = reason === 'not_started' ? 'no such file.' : null;
    const stopped = stoppedBy(end({ reason, error }), { program: 'It', limits });
    expect(stopped).toEqual({ errorCode, errorMessage });
  });

  test('a mistake of ours in taking in its output', () => {
    const stopped = stoppedBy(end({ reason: 'aborted', error: 'x is not a function' }), { program: 'It', limits });
    expect(stopped).toEqual({
      errorCode: 'internal_error',
      errorMessage: 'It had to be ended: x is not a function.',
    });
  });

  test('nothing, when it ended by itself', () => {
    expect(stoppedBy(end({}), { program: 'It', limits })).toBeNull();
    expect(stoppedBy(end({ reason: 'finished', signal: 'SIGTERM' }), { program: 'It', limits })).toBeNull();
  });

  test('a survivor, whatever else is true', () => {
    const stopped = stoppedBy(end({ survivors: ['7 sleep', '8 node'] }), { program: 'It', limits });
    expect(stopped?.errorCode).toBe('processes_survived');
    expect(stopped?.errorMessage).toContain('7 sleep, 8 node');
  });
});

describe('what a program died of', () => {
  test.each([
    [{ exitCode: 0 }, null],
    [{ exitCode: 3 }, ['agent_crashed', 'It ended with exit code 3: the last word']],
    [{ exitCode: 145 }, ['agent_crashed', 'It ended with exit code 145: the last word']],
    [{ exitCode: 137 }, ['agent_killed', 'It was killed by SIGKILL: the last word']],
    [{ exitCode: null, signal: 'SIGSEGV' }, ['agent_killed', 'It was killed by SIGSEGV: the last word']],
  ])('%j', (fields, failure) => {
    const died = diedOf(end({ ...fields, stderrTail: 'first\nthe last word\n\n' }), { program: 'It' });
    expect(died && [died.errorCode, died.errorMessage]).toEqual(failure);
  });
});

test('limits of the configuration go before those of the adapter', () => {
  const given = { firstActivityMs: undefined, idleMs: null, totalMs: 5 };
  expect(limitsOf({ limits: given }, limits)).toEqual({ firstActivityMs: 1000, idleMs: 90_000, totalMs: 5 });
});
