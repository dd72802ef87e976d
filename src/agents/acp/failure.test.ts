import { describe, expect, test } from 'vitest';
import { failureOfError, failureOfText } from './failure.ts';
import { createJoinedText } from './joined-text.ts';
import { resetTimeIn } from './reset-time.ts';

describe('what an error comes to', () => {
  test.each([
    [{ code: 401, message: 'no' }, 'agent_login_refused'],
    [{ code: -32_000, message: 'Authentication required' }, 'agent_not_logged_in'],
    [{ code: -32_000, message: 'invalid x-api-key' }, 'agent_login_refused'],
    [{ code: 400, message: 'The input token count (1200312) exceeds' }, 'agent_context_full'],
    [{ code: 500, message: 'models/x is not found for API version v1beta' }, 'agent_model_unavailable'],
    [
      { code: -32_603, message: 'The model `m1` does not exist or you do not have access to it.' },
      'agent_model_unavailable',
    ],
    [{ code: -32_603, message: 'Internal error', data: { errorKind: 'rate_limit' } }, 'agent_rate_limited'],
    [{ code: 402, message: 'pay' }, 'agent_budget_limit'],
    [{ code: 500, message: 'terminated' }, 'agent_network'],
    [{ code: 500, message: 'exception TypeError: fetch failed sending request' }, 'agent_network'],
    [{ code: 529, message: 'Overloaded' }, 'agent_overloaded'],
    [{ code: 500, message: 'Unknown stream execution error.' }, 'agent_overloaded'],
    [{ code: -32_603, message: 'x is not a function' }, 'agent_crashed'],
  ])('%j', (error, errorCode) => {
    expect(failureOfError({ data: undefined, ...error }, { program: 'It' }).errorCode).toBe(errorCode);
  });

  test('an ordinary answer comes to nothing', () => {
    expect(failureOfText('I have added hello.txt; all tests pass.')).toBeNull();
  });
});

describe('when a limit ends', () => {
  const now = new Date('2026-11-25T00:00:00.000Z');
  test.each([
    ['Please retry in 34.5s.', '2026-11-25T00:00:34.500Z'],
    ['"retryDelay":"3600s"', '2026-11-25T01:00:00.000Z'],
    ['  retryDelayMs: 1500,', '2026-11-25T00:00:01.500Z'],
    ['try again in 1h 2m', '2026-11-25T01:02:00.000Z'],
    ['retry-after: 20', '2026-11-25T00:00:20.000Z'],
    ['"resets_at":1795568400', '2026-11-25T01:00:00.000Z'],
    ['resets at 2026-11-25T05:00:00Z', '2026-11-25T05:00:00.000Z'],
    ['Please try again later.', null],
    ['retryDelayMs: undefined', null],
  ])('%s', (text, iso) => {
    expect(resetTimeIn(text, now)).toBe(iso);
  });
});

describe('pieces become lines', () => {
  test('a line is shown when it is whole, and the rest at the end', () => {
    const joined = createJoinedText(() => 0);
    expect(['one ', 'line\nand', ' more'].map((piece) => joined.add(piece))).toEqual([null, 'one line', null]);
    expect(joined.flush()).toBe('and more');
    expect(joined.flush()).toBeNull();
  });

  test('a line that takes long is shown up to its last word', () => {
    let time = 0;
    const joined = createJoinedText(() => time);
    expect(joined.add('one two thr')).toBeNull();
    time = 1000;
    expect(joined.add('ee fo')).toBe('one two three');
    expect(joined.flush()).toBe('fo');
  });
});
