import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Activity, AgentResult, AgentRun } from '../../src/ports/agent.ts';
import { SCRIPTED_ACP, acpAgent } from './acp.ts';
import { ask, makeScriptedProgram } from './agent.suite.ts';
import type { Asked } from './agent.suite.ts';

let folder: string;
let directory: string;
let program: string;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'awo-acp-')));
  directory = join(folder, 'copy');
  await mkdir(directory);
  program = await makeScriptedProgram(folder, SCRIPTED_ACP);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function behave(
  behaviour: string,
  rest: Partial<AgentRun> = {},
  options: Parameters<typeof acpAgent>[1] = {},
): Promise<Asked> {
  return ask(acpAgent(program, options), { prompt: `behave: ${behaviour}\n`, directory, ...rest });
}

const resumed = (sessionId: string, fork = false): Pick<AgentRun, 'resume'> => ({
  resume: { sessionId, fork, usage: { input_tokens: 1, output_tokens: 1, cost_usd: 1 } },
});
const warnings = ({ activities }: Asked): readonly string[] =>
  activities.flatMap((activity) => (activity.kind === 'message' && activity.level === 'warn' ? [activity.text] : []));

test('an attempt from its session to its usage', async () => {
  const { result, activities } = await behave('answer');
  const usage = { input_tokens: 7, output_tokens: 5, cost_usd: null };
  expect(result).toEqual({ ok: true, output: 'the answer', answer: null, sessionId: 'session-1', usage });
  expect(activities).toEqual([
    { kind: 'session', sessionId: 'session-1' },
    { kind: 'text', text: 'thinking about it' },
    { kind: 'tool_call', tool: 'execute', summary: 'running ls', input: { command: 'ls' } },
    { kind: 'tool_result', ok: true, text: 'a.txt' },
    { kind: 'text', text: 'the answer' },
    { kind: 'usage', usage, last: true },
  ]);
});

describe('how an end is read', () => {
  const cases: readonly (readonly [string, Partial<AgentResult & { readonly ok: false }>])[] = [
    ['nothing', { errorCode: 'agent_said_nothing', output: null }],
    ['stop refusal', { errorCode: 'agent_refused', output: 'so far' }],
    ['stop max_tokens', { errorCode: 'agent_context_full' }],
    ['stop max_turn_requests', { errorCode: 'agent_turn_limit' }],
    ['stop cancelled', { errorCode: 'agent_killed' }],
    ['error 429 Please wait.', { errorCode: 'agent_rate_limited', resetsAt: null }],
    ['error 500 models/x is not found for API version v1beta', { errorCode: 'agent_model_unavailable' }],
    ['error -32000 Authentication required', { errorCode: 'agent_not_logged_in' }],
    ['error -32603 Something else', { errorCode: 'agent_crashed' }],
    ['error-as-text', { errorCode: 'agent_rate_limited' }],
  ];
  test.each(cases)('%s', async (behaviour, is) => {
    expect((await behave(behaviour)).result).toMatchObject({ ok: false, ...is });
  });

  test('the time at which a limit ends', async () => {
    const before = Date.now();
    const { result } = await behave('error 429 Quota exceeded, retry in 34.5s.');
    if (result.ok || result.resetsAt === null) throw new Error('no time was told');
    expect(Date.parse(result.resetsAt) - before).toBeGreaterThanOrEqual(34_500);
    expect(Date.parse(result.resetsAt) - Date.now()).toBeLessThanOrEqual(34_500);
  });

  test.each([
    ['version 2', 'agent_output_invalid'],
    ['error -32603 broken', 'agent_crashed'],
    ['locked', 'agent_not_logged_in'],
  ])('an opening that fails: %s', async (opening, errorCode) => {
    const { result } = await behave('answer', {}, { variables: { ACP_OPENING: opening } });
    expect(result).toMatchObject({ ok: false, errorCode, output: null });
  });
});

describe('permissions', () => {
  test.each([
    ['edit', true, true],
    ['execute', false, false],
    ['other', false, false],
    ['read', false, true],
  ])('%s, where changes are wanted: %s', async (kind, mayChange, allowed) => {
    const { result, activities } = await behave(`permission ${kind}`, { mayChange });
    expect(result).toMatchObject({ ok: true, output: `{"outcome":"selected","optionId":"${allowed ? 'yes' : 'no'}"}` });
    expect(activities).toContainEqual(expect.objectContaining({ kind: 'permission', allowed }));
  });

  test('a question too long to be read is answered, and fails the attempt', async () => {
    const { result } = await behave('huge-permission');
    expect(result).toMatchObject({
      ok: false,
      errorCode: 'agent_permission_denied',
      output: '{"outcome":"cancelled"}',
    });
  });

  test.each(['fs/write_text_file', 'fs/read_text_file', 'terminal/create', 'craft/unheard'])(
    '%s is not served',
    async (method) => {
      const { result } = await behave(`request ${method}`);
      expect(result).toMatchObject({ ok: true, output: `-32601 Method not found: ${method}` });
    },
  );
});

describe('sessions and settings', () => {
  const RESUMES = { variables: { ACP_RESUMES: 'yes' } };

  test('mode and model are set before the prompt', async () => {
    const { result } = await behave('tell-settings', { model: 'Model 2' }, { mode: 'free' });
    expect(result).toMatchObject({ ok: true, output: 'mode free, model m2' });
  });

  test('a role that only looks gets a mode that asks', async () => {
    const { result } = await behave('tell-settings', { mayChange: false }, { mode: 'free' });
    expect(result).toMatchObject({ ok: true, output: 'mode default' });
  });

  test('what is not offered is told, and the work goes on', async () => {
    const asked = await behave('answer', { model: 'm3' }, { mode: 'unheard' });
    expect(asked.result.ok).toBe(true);
    expect(warnings(asked)).toEqual([
      expect.stringMatching(/does not offer the mode unheard, but auto, default, free\.$/),
      expect.stringMatching(/does not offer the model m3/),
    ]);
  });

  test('a login by a key of its environment is tried once', async () => {
    const variables = { ACP_OPENING: 'locked', AGENT_KEY: 'x' };
    const { result } = await behave('tell-settings', {}, { variables });
    expect(result).toMatchObject({ ok: true, output: 'authenticate key' });
  });

  test('a session is loaded: its history is neither shown nor counted', async () => {
    const { result, activities } = await behave('tell-settings', resumed('session-1'));
    const usage = { input_tokens: 7, output_tokens: 5, cost_usd: 2 };
    expect(result).toMatchObject({ ok: true, output: 'load session-1', sessionId: 'session-1', usage });
    expect(JSON.stringify(activities)).not.toContain('what was said before');
  });

  test('resumed without its history where the program can', async () => {
    const { result } = await behave('tell-settings', resumed('session-1'), RESUMES);
    expect(result).toMatchObject({ ok: true, output: 'resume session-1' });
  });

  test('or in a copy', async () => {
    const { result } = await behave('tell-settings', resumed('session-1', true), RESUMES);
    expect(result).toMatchObject({ ok: true, sessionId: 'session-2', output: 'fork session-1' });
  });

  test('a session that is gone is told, and a new one begun', async () => {
    const asked = await behave('answer', resumed('session-9'));
    expect(asked.result).toMatchObject({ ok: true, sessionId: 'session-1' });
    expect(warnings(asked)).toEqual([expect.stringMatching(/does not find its session session-9 \(no such session\)/)]);
  });
});

describe('races', () => {
  test('cancelled before there is a session', async () => {
    const controller = new AbortController();
    const onActivity = (activity: Activity): void => {
      if (activity.kind === 'message' && activity.text === 'asked for a session') controller.abort();
    };
    const variables = { ACP_OPENING: 'hold-session' };
    const { result } = await behave('answer', { signal: controller.signal, onActivity }, { variables });
    expect(result).toMatchObject({ ok: false, errorCode: 'cancelled', output: null, sessionId: null });
  });

  test('a program that is cancelled in its own way has its last word', async () => {
    const controller = new AbortController();
    const onActivity = (activity: Activity): void => {
      if (activity.kind === 'text') controller.abort();
    };
    const { result } = await behave('wait-for-cancel', { signal: controller.signal, onActivity });
    expect(result).toMatchObject({ ok: false, errorCode: 'cancelled', output: 'waiting\ncancelled' });
  });

  test('garbage on its output is shown, and passed over', async () => {
    const { result, activities } = await behave('garbage');
    expect(result).toMatchObject({ ok: true, output: 'the answer' });
    const texts = activities.flatMap((activity) => (activity.kind === 'message' ? [activity.text] : []));
    expect(texts).toEqual(['Loading extensions…', '[1,2']);
  });

  test('its opening is no sign of life of the model', async () => {
    const limits = { firstActivityMs: 1000, idleMs: 60_000, totalMs: 60_000 };
    const { result } = await behave('silent', { limits, ...resumed('session-1') });
    expect(result).toMatchObject({ ok: false, errorCode: 'agent_no_first_activity', sessionId: 'session-1' });
  });

  test('100,000 pieces become lines, in bounded memory', async () => {
    const before = process.memoryUsage().heapUsed;
    let texts = 0;
    const onActivity = ({ kind }: Activity): void => {
      if (kind === 'text') texts += 1;
    };
    const { result } = await behave('pieces 100000', { onActivity });
    expect(result.ok).toBe(true);
    expect(result.output?.length).toBeLessThan(300_000);
    expect(result.output).toMatch(/the answer$/);
    expect(texts).toBe(10_001);
    // The activities that this test keeps are most of it.
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(100 * 1024 * 1024);
  });
});
