import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Activity, AgentResult, AgentRun } from '../../ports/agent.ts';
import type { ProcessEnd, TimeLimits } from '../../ports/process.ts';
import type { PermissionAnswer } from './permission.ts';
import { createClaudeReader } from './reader.ts';

const folder = new URL('../../../test/transcripts/claude/', import.meta.url);
const LIMITS: TimeLimits = { firstActivityMs: 120_000, idleMs: 600_000, totalMs: 3_600_000 };
const RESETS_AT = '2026-11-25T00:52:21.000Z';
const CLASS = { class: 'feature', reason: '/feature' };
/** Two calls of the model for the agent, two for its helper. */
const WITH_HELPER = { input_tokens: 400, output_tokens: 80, cost_usd: expect.closeTo(0.0032) };
const IN_BACKGROUND = { input_tokens: 500, output_tokens: 100, cost_usd: expect.closeTo(0.004) };
const ENDED: ProcessEnd = {
  reason: 'exited',
  exitCode: 0,
  signal: null,
  durationMs: 1000,
  stderrTail: '',
  survivors: [],
  error: null,
};

interface Read {
  readonly activities: readonly Activity[];
  readonly result: AgentResult;
  readonly finished: boolean;
  /** What was said to the program. */
  readonly said: readonly unknown[];
  /** How many lines came before the first that counts as activity. */
  readonly quietLines: number;
  readonly lostSession: boolean;
}

interface Circumstances {
  readonly cut?: boolean;
  readonly mayChange?: boolean;
  readonly resume?: AgentRun['resume'];
}

async function read(
  lines: readonly string[],
  end: Partial<ProcessEnd> = {},
  { cut = false, mayChange = true, resume = null }: Circumstances = {},
): Promise<Read> {
  const activities: Activity[] = [];
  const said: unknown[] = [];
  const reader = createClaudeReader({
    run: {
      directory: '/copy',
      mayChange,
      resume,
      onMessage: null,
      onActivity: (activity) => void activities.push(activity),
    },
    dialogue: {
      begin: () => undefined,
      tell: () => undefined,
      answer: ({ answer }: { readonly answer: PermissionAnswer }) => said.push(answer),
      refuse: (requestId) => said.push({ refused: requestId }),
      interrupt: () => undefined,
      end: () => said.push('end'),
    },
  });
  let finished = false;
  let quietLines: number | null = null;
  for (const [index, text] of lines.entries()) {
    if (finished) break;
    const answer = await reader.onLine({ stream: 'stdout', text, bytes: Buffer.byteLength(text), cut });
    if (answer !== 'quiet') quietLines ??= index;
    finished = answer === 'finish';
  }
  const reason = finished ? 'finished' : 'exited';
  const result = reader.result({ ...ENDED, reason, ...end }, LIMITS);
  const { lostSession } = reader;
  return { activities, said, finished, quietLines: quietLines ?? lines.length, lostSession, result };
}

function transcript(name: string): readonly string[] {
  return readFileSync(new URL(`${name}.jsonl`, folder), 'utf8')
    .trimEnd()
    .split('\n');
}

describe('what a recorded stream comes to', () => {
  const cases: Readonly<
    Record<string, { readonly end?: Partial<ProcessEnd>; readonly mayChange?: boolean; readonly is: object }>
  > = {
    done: { is: { ok: true, output: 'Done: hello.txt was written.' } },
    resumed: { is: { ok: true, output: 'Done: the command ran.' } },
    mcp: { is: { ok: true, output: 'mcp done' } },
    'bad-key': {
      is: {
        errorCode: 'agent_login_refused',
        errorMessage: 'The key or login was refused: Invalid API key · Fix external API key',
      },
    },
    'not-logged-in': { is: { errorCode: 'agent_not_logged_in' } },
    'rate-limit': { is: { errorCode: 'agent_rate_limited', resetsAt: null } },
    'rate-limit-reset': {
      is: {
        errorCode: 'agent_rate_limited',
        errorMessage: expect.stringContaining("You've hit your 5-hour limit"),
        resetsAt: RESETS_AT,
      },
    },
    'context-full': {
      is: {
        errorCode: 'agent_context_full',
        errorMessage: expect.stringMatching(/^The request is too long for the model: Prompt is too long/),
      },
    },
    'unknown-model': {
      is: { errorCode: 'agent_model_unavailable', errorMessage: expect.stringContaining('claude-opus-5-5') },
    },
    'said-nothing': {
      is: {
        errorCode: 'agent_said_nothing',
        errorMessage: 'Claude Code ended its turn without a word and without using a tool.',
      },
    },
    claims: { is: { ok: true, output: expect.stringMatching(/^I have added hello.txt/) } },
    planned: { is: { ok: true, output: expect.stringMatching(/^The plan is in specs/) } },
    classified: { mayChange: false, is: { ok: true, output: '/feature', answer: CLASS } },
    unformed: {
      is: {
        errorCode: 'agent_output_invalid',
        errorMessage: expect.stringMatching(
          /^Claude Code did not answer in the form that was wanted: Failed to provide/,
        ),
      },
    },
    forked: { is: { ok: true, usage: { input_tokens: 1200, output_tokens: 42, cost_usd: 0.0045 } } },
    'lost-session': { is: { errorCode: 'agent_crashed', usage: { input_tokens: 0, output_tokens: 0, cost_usd: 0 } } },
    tasks: { is: { ok: true, output: 'done' } },
    question: { is: { ok: true, output: 'I decided for a.' } },
    'kept-from-writing': { mayChange: false, is: { ok: true, output: 'I may not.' } },
    helper: { is: { ok: true, output: 'All is done.', usage: WITH_HELPER } },
    'helper-in-background': { is: { ok: true, output: 'Now all is done.', usage: IN_BACKGROUND } },
    'interrupted-by-us': {
      end: { reason: 'aborted', exitCode: 1 },
      is: {
        errorCode: 'cancelled',
        output: 'I wait.',
        usage: { input_tokens: 1200, output_tokens: 42, cost_usd: 0.0045 },
      },
    },
    overloaded: { is: { errorCode: 'agent_overloaded' } },
    refusal: { is: { errorCode: 'agent_refused' } },
    'turn-limit': {
      is: {
        errorCode: 'agent_turn_limit',
        errorMessage: 'Claude Code reached its limit of turns: Reached maximum number of turns (3)',
      },
    },
    'budget-limit': { is: { errorCode: 'agent_budget_limit' } },
    'network-down': { is: { errorCode: 'agent_network' } },
    'connection-dropped': { is: { errorCode: 'agent_network' } },
    denied: {
      is: {
        errorCode: 'agent_permission_denied',
        errorMessage: 'Claude Code was denied the use of Write, Bash.',
        output: 'I will do that now.\nI will do that now.\nDone: file written and command run.',
      },
    },
    interrupted: { is: { errorCode: 'agent_killed' } },
    terminated: {
      end: { exitCode: 143 },
      is: {
        errorCode: 'agent_killed',
        errorMessage: 'Claude Code was killed by SIGTERM',
        output: 'I will do that now.',
      },
    },
    silent: {
      end: { reason: 'idle', signal: 'SIGKILL', exitCode: null },
      is: { errorCode: 'agent_idle', errorMessage: 'Claude Code was silent for 10 minutes.', output: null },
    },
  };

  test.each(Object.entries(cases))('%s', async (name, { end, mayChange = true, is }) => {
    const { result, activities } = await read(transcript(name), end, { mayChange });
    expect(result).toMatchObject({ ok: false, ...is });
    expect(result.sessionId).toMatch(/^[0-9a-f-]{36}$/);
    expect(activities[0]).toEqual({ kind: 'session', sessionId: result.sessionId });
  });

  test('each stream in the folder has a case', () => {
    const recorded = readdirSync(folder).filter((file) => file.endsWith('.jsonl'));
    expect(recorded.map((file) => file.replace('.jsonl', '')).toSorted()).toEqual(Object.keys(cases).toSorted());
  });

  test('a rejected limit without a known time', async () => {
    const lines = transcript('rate-limit-reset').map((line) => line.replace(/"resetsAt":\d+/g, '"resetsAt":9e99'));
    expect((await read(lines)).result).toMatchObject({ errorCode: 'agent_rate_limited', resetsAt: null });
  });

  test('a denial that is not by our rule is a failure of work', async () => {
    const lines = transcript('kept-from-writing').filter((line) => !line.includes('can_use_tool'));
    expect((await read(lines, {}, { mayChange: false })).result).toMatchObject({
      errorCode: 'agent_permission_denied',
    });
  });

  test('a session that is lost is told as such, where one was to be gone on with', async () => {
    const resume = { sessionId: '11111111-2222-4333-8444-555555555555', fork: false, usage: null };
    const lost = await read(transcript('lost-session'), { exitCode: 1 }, { resume });
    expect(lost).toMatchObject({ lostSession: true, finished: true });
    expect(lost.activities.some(({ kind }) => kind === 'session')).toBe(false);
    expect((await read(transcript('lost-session'), { exitCode: 1 })).lostSession).toBe(false);
    expect((await read(transcript('forked'), {}, { resume })).lostSession).toBe(false);
  });
});

describe('what is shown while it works', () => {
  test('session, words, tool calls, tool results and usage, in their order', async () => {
    const { activities, finished } = await read(transcript('done'));
    expect(finished).toBe(true);
    expect(activities).toEqual([
      { kind: 'session', sessionId: '960be78a-6ed9-4f33-aa17-2fa96a0d9b44' },
      { kind: 'message', level: 'info', text: 'Claude Code 2.1.330 works with claude-opus-5-5' },
      { kind: 'text', text: 'I will create the file.' },
      expect.objectContaining({ kind: 'tool_call', tool: 'Write', summary: 'writing hello.txt' }),
      expect.objectContaining({ kind: 'tool_result', ok: true }),
      { kind: 'text', text: 'Done: hello.txt was written.' },
      { kind: 'usage', usage: { input_tokens: 3000, output_tokens: 84, cost_usd: expect.closeTo(0.0114) } },
    ]);
  });

  test('its own retries, and an error as an error', async () => {
    const { activities, result } = await read(transcript('rate-limit'));
    expect(activities.filter(({ kind }) => kind === 'retry')).toEqual([
      { kind: 'retry', message: 'The model call failed (rate_limit, 429); it is tried again (1 of 2)' },
      { kind: 'retry', message: 'The model call failed (rate_limit, 429); it is tried again (2 of 2)' },
    ]);
    expect(activities).toContainEqual(expect.objectContaining({ kind: 'message', level: 'error' }));
    expect(activities.some(({ kind }) => kind === 'text')).toBe(false);
    expect(result.output).toBeNull();
  });

  test('a denied tool and a failed tool', async () => {
    const { activities } = await read(transcript('denied'));
    expect(activities).toContainEqual({ kind: 'message', level: 'warn', text: 'Write was denied' });
    expect(activities).toContainEqual(expect.objectContaining({ kind: 'tool_result', ok: false }));
  });

  test('its list of tasks, whole', async () => {
    const { activities } = await read(transcript('tasks'));
    expect(activities.filter(({ kind }) => kind === 'plan')).toEqual([
      { kind: 'plan', entries: [{ text: 'Read it', status: 'pending' }] },
      { kind: 'plan', entries: [{ text: 'Read it', status: 'in_progress' }] },
    ]);
  });

  test('the words and calls of a helper, but not as its own words', async () => {
    const { activities } = await read(transcript('helper-in-background'));
    expect(activities).toContainEqual({ kind: 'message', level: 'info', text: 'A helper says: The helper is done.' });
    const texts = activities.filter((activity) => activity.kind === 'text').map(({ text }) => text);
    expect(texts).toEqual(['I ask a helper.', 'The turn is over.', 'Now all is done.']);
    expect(activities).toContainEqual(expect.objectContaining({ kind: 'tool_call', summary: 'running ls' }));
  });

  test('what asks for leave is answered by rule', async () => {
    const writing = { kind: 'permission', tool: 'Write', summary: 'writing /elsewhere/x.txt' };
    const kept = await read(transcript('kept-from-writing'), {}, { mayChange: false });
    expect(kept.said).toEqual([{ allowed: false, message: expect.stringContaining('Write is not allowed') }, 'end']);
    expect(kept.activities).toContainEqual({ ...writing, allowed: false });
    const let_ = await read(transcript('kept-from-writing'), {}, { mayChange: true });
    expect(let_.said).toEqual([{ allowed: true }, 'end']);
    expect(let_.activities).toContainEqual({ ...writing, allowed: true });
  });

  test('a question to a person is denied, also where everything may be changed', async () => {
    const { said, activities } = await read(transcript('question'));
    expect(said).toEqual([{ allowed: false, message: expect.stringMatching(/^Nobody is here/) }, 'end']);
    expect(activities).toContainEqual(
      expect.objectContaining({ kind: 'permission', tool: 'AskUserQuestion', allowed: false }),
    );
  });

  test('what it asks beside that is refused, so that it does not wait', async () => {
    const line = { type: 'control_request', request_id: 'r-1', request: { subtype: 'hook_callback' } };
    expect((await read([JSON.stringify(line)])).said).toEqual([{ refused: 'r-1' }]);
  });

  test('its beginning is no activity, but words, retries, thought and running tools are', async () => {
    const quiet = async (name: string): Promise<number> => (await read(transcript(name))).quietLines;
    expect(await quiet('silent')).toBe(1);
    expect(await quiet('planned')).toBe(2);
    expect(transcript('planned')[2]).toContain('thinking_tokens');
    expect(await quiet('rate-limit')).toBe(1);
    expect(transcript('rate-limit')[1]).toContain('api_retry');
    expect((await read(['{"type":"tool_progress","tool_name":"Bash"}'])).quietLines).toBe(0);
    expect(
      (await read(['Warning: slow', '{"type":"keep_alive"}', '{"type":"system","subtype":"status"}'])).quietLines,
    ).toBe(3);
  });

  test('large inputs and results of tools only in part', async () => {
    const big = 'x'.repeat(50_000);
    const call = { type: 'tool_use', name: 'Write', input: { file_path: '/copy/a.txt', content: big, parts: [big] } };
    const answer = { type: 'tool_result', content: [{ type: 'text', text: big }], is_error: false };
    const { activities } = await read([
      JSON.stringify({ type: 'assistant', message: { content: [call] } }),
      JSON.stringify({ type: 'user', message: { content: [answer] } }),
    ]);
    expect(activities).toHaveLength(2);
    for (const activity of activities) expect(JSON.stringify(activity).length).toBeLessThan(5000);
  });

  test('thinking, and what is outside of its protocol', async () => {
    const thinking = { type: 'assistant', message: { content: [{ type: 'thinking', thinking: 'let me see' }] } };
    const { activities } = await read(['Warning: no sandbox', JSON.stringify(thinking), '{"type":"new_kind"}', '']);
    expect(activities).toEqual([
      { kind: 'message', level: 'info', text: 'Warning: no sandbox' },
      { kind: 'thinking', text: 'let me see' },
    ]);
  });
});

describe('a result that is not as expected', () => {
  const result = (fields: object): string =>
    JSON.stringify({ type: 'result', subtype: 'success', is_error: false, result: 'fine', ...fields });

  test('fields of other types do not hide a success', async () => {
    const line = result({ usage: 'none', total_cost_usd: '1', permission_denials: null, errors: 5 });
    expect(await read([line])).toMatchObject({ finished: true, result: { ok: true, output: 'fine', usage: null } });
  });

  test('a denied look at a file is no failure', async () => {
    expect((await read([result({ permission_denials: [{ tool_name: 'Read' }] })])).result.ok).toBe(true);
  });

  test('an error status counts, whatever the words say', async () => {
    expect((await read([result({ api_error_status: 429 })])).result).toMatchObject({ errorCode: 'agent_rate_limited' });
  });

  test('while turns are queued the last result counts', async () => {
    const { result: read2, finished } = await read([result({ queued_turn_count: 1 }), result({ result: 'second' })]);
    expect({ finished, output: read2.output }).toEqual({ finished: true, output: 'second' });
  });

  test('a cancel goes before a result, and a survivor before everything', async () => {
    const aborted = await read([result({})], { reason: 'aborted' });
    expect(aborted.result).toMatchObject({ ok: false, errorCode: 'cancelled' });
    const survived = await read([result({})], { reason: 'aborted', survivors: ['42 sleep'] });
    expect(survived.result).toMatchObject({
      errorCode: 'processes_survived',
      errorMessage: 'Processes of Claude Code are still alive: 42 sleep.',
    });
  });

  test('none at all is a crash with its last words', async () => {
    const stderrTail = 'warming up\n--dangerously-skip-permissions cannot be used with root\n';
    expect((await read([], { exitCode: 1, stderrTail })).result).toMatchObject({
      errorCode: 'agent_crashed',
      errorMessage: 'Claude Code ended with exit code 1: --dangerously-skip-permissions cannot be used with root',
    });
    expect((await read([])).result).toMatchObject({
      errorCode: 'agent_crashed',
      errorMessage: 'Claude Code ended without its result.',
    });
  });

  test('one that is cut in its answer counts all the same', async () => {
    const whole = (transcript('done').at(-1) ?? '').replace('Done: hello.txt', `Done: ${'very '.repeat(1000)}long`);
    const { result: cut, finished } = await read([whole.slice(0, 4000)], {}, { cut: true });
    expect(finished).toBe(true);
    expect(cut).toMatchObject({ ok: true, output: expect.stringMatching(/^Done: very very/) });
  });

  test('a tool call and a tool result that are cut are still shown', async () => {
    const call = JSON.stringify({
      type: 'assistant',
      message: {
        content: [{ type: 'tool_use', name: 'Write', input: { file_path: '/copy/a', content: 'x\n'.repeat(999) } }],
      },
    });
    const answer = JSON.stringify({
      type: 'user',
      message: { content: [{ type: 'tool_result', content: 'y\n'.repeat(999) }] },
    });
    const { activities } = await read([call.slice(0, 1500), answer.slice(0, 1500)], {}, { cut: true });
    expect(activities).toMatchObject([
      { kind: 'tool_call', summary: 'writing a' },
      { kind: 'tool_result', ok: true },
    ]);
  });

  test('one that is cut before it says how it ended cannot be read', async () => {
    const whole = transcript('done').at(-1) ?? '';
    const { result: cut, finished } = await read([whole.slice(0, 900)], {}, { cut: true });
    expect(finished).toBe(true);
    expect(cut).toMatchObject({ ok: false, errorCode: 'agent_output_invalid' });
  });
});
