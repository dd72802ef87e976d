import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Activity, AgentResult, AgentRun } from '../../ports/agent.ts';
import type { LineAnswer, ProcessEnd, TimeLimits } from '../../ports/process.ts';
import { createCodexReader } from './reader.ts';

const folder = new URL('../../../test/transcripts/codex/', import.meta.url);
const LIMITS: TimeLimits = { firstActivityMs: 300_000, idleMs: 600_000, totalMs: 3_600_000 };
const ENDED: ProcessEnd = {
  reason: 'exited',
  exitCode: 0,
  signal: null,
  durationMs: 1000,
  stderrTail: '',
  survivors: [],
  error: null,
};
const REFUSED_PATCH =
  '2026-11-24T23:40:02.718097Z ERROR codex_core::tools::router: error=patch rejected: writing is blocked by read-only sandbox; rejected by user approval settings';

interface Read {
  readonly activities: readonly Activity[];
  readonly result: AgentResult;
  readonly answers: readonly LineAnswer[];
}

async function read(
  lines: readonly string[],
  {
    end = {},
    run = {},
    stderr = [],
    cut = false,
    hasLogin = true,
  }: {
    readonly end?: Partial<ProcessEnd>;
    readonly run?: Partial<AgentRun>;
    readonly stderr?: readonly string[];
    readonly cut?: boolean;
    readonly hasLogin?: boolean;
  } = {},
): Promise<Read> {
  const activities: Activity[] = [];
  const reader = createCodexReader({
    run: {
      directory: '/copy',
      mayChange: true,
      resume: null,
      answerSchema: null,
      ...run,
      onActivity: (activity) => void activities.push(activity),
    },
    hasLogin,
    now: () => new Date('2026-11-24T23:30:00Z'),
  });
  const answers: LineAnswer[] = [];
  for (const text of stderr) {
    answers.push(await reader.onLine({ stream: 'stderr', text, bytes: Buffer.byteLength(text), cut: false }));
  }
  for (const text of lines) {
    answers.push(await reader.onLine({ stream: 'stdout', text, bytes: Buffer.byteLength(text), cut }));
  }
  const reason = answers.includes('finish') ? 'finished' : 'exited';
  return { activities, answers, result: reader.result({ ...ENDED, reason, ...end }, LIMITS) };
}

function transcript(name: string): readonly string[] {
  return readFileSync(new URL(`${name}.jsonl`, folder), 'utf8')
    .trimEnd()
    .split('\n');
}

const message = (text: string): string =>
  JSON.stringify({ type: 'item.completed', item: { id: 'item_0', type: 'agent_message', text } });
const COMPLETED = JSON.stringify({ type: 'turn.completed', usage: { input_tokens: 10, output_tokens: 4 } });

describe('what a recorded stream comes to', () => {
  const cases: Readonly<Record<string, { readonly end?: Partial<ProcessEnd>; readonly is: object }>> = {
    done: { is: { ok: true, output: 'Done: hello.txt was written.' } },
    resumed: { is: { ok: true, output: 'Done: the command ran.' } },
    classifier: { is: { ok: true, output: '/feature' } },
    planner: { is: { ok: true, output: expect.stringMatching(/^The plan is in specs\/plan-add-a-greeting\.md/) } },
    implementor: { is: { ok: true, output: expect.stringMatching(/^The file hello\.txt was added/) } },
    claims: { is: { ok: true, output: expect.stringMatching(/^I have added hello\.txt/) } },
    'read-only': { is: { ok: true, output: 'Done: file written and command run.' } },
    'bad-key': {
      is: {
        errorCode: 'agent_login_refused',
        errorMessage:
          'The login of Codex was refused: unexpected status 401 Unauthorized: Incorrect API key provided: scripted.',
      },
    },
    'rate-limit': { is: { errorCode: 'agent_rate_limited', resetsAt: null } },
    'usage-limit': {
      is: { errorCode: 'agent_rate_limited', resetsAt: new Date(2026, 10, 25, 0, 33).toISOString() },
    },
    overloaded: { is: { errorCode: 'agent_overloaded' } },
    'context-full': { is: { errorCode: 'agent_context_full' } },
    'unknown-model': { is: { errorCode: 'agent_model_unavailable' } },
    cut: { is: { errorCode: 'agent_network' } },
    'connection-dropped': { is: { errorCode: 'agent_network' } },
    refusal: {
      is: {
        errorCode: 'agent_said_nothing',
        errorMessage: 'Codex ended its turn without a word; a refusal of the model looks like this.',
      },
    },
    nothing: { is: { errorCode: 'agent_said_nothing' } },
    'network-down': {
      end: { reason: 'idle', exitCode: 143 },
      is: {
        errorCode: 'agent_network',
        errorMessage: expect.stringMatching(/^Codex cannot reach its model: Reconnecting\.\.\. waiting for network/),
      },
    },
    stall: { end: { reason: 'no_first_activity', exitCode: 143 }, is: { errorCode: 'agent_no_first_activity' } },
    'write-then-stall': {
      end: { reason: 'idle', exitCode: 143 },
      is: { errorCode: 'agent_idle', output: 'I add the file.' },
    },
    endless: { end: { reason: 'total', exitCode: 143 }, is: { errorCode: 'agent_timeout' } },
    'long-tool': { end: { reason: 'aborted', exitCode: 143 }, is: { errorCode: 'cancelled', output: 'I wait.' } },
    interrupted: { end: { exitCode: 1 }, is: { errorCode: 'agent_crashed', output: 'I will do that now.' } },
  };

  test.each(Object.entries(cases))('%s', async (name, { end = {}, is }) => {
    const { result, activities } = await read(transcript(name), { end });
    expect(result).toMatchObject({ ok: false, ...is });
    expect(result.sessionId).toMatch(/^[0-9a-f-]{36}$/);
    expect(activities[0]).toEqual({ kind: 'session', sessionId: result.sessionId });
  });

  test('each stream in the folder has a case', () => {
    const recorded = readdirSync(folder).filter((file) => file.endsWith('.jsonl'));
    expect(recorded.map((file) => file.replace('.jsonl', ''))).toEqual(Object.keys(cases).toSorted());
  });
});

describe('what is shown while it works', () => {
  test('session, thoughts, words, tools and usage, in their order', async () => {
    const { activities, answers } = await read(transcript('implementor'));
    expect(answers.at(-1)).toBe('finish');
    expect(activities).toEqual([
      { kind: 'session', sessionId: '01a20fe7-3af1-7613-9944-b5b4b7fdaf35' },
      { kind: 'thinking', text: 'The plan wants one file.' },
      { kind: 'text', text: 'I add the file.' },
      expect.objectContaining({ kind: 'tool_call', tool: 'file_change', summary: 'writing hello.txt' }),
      { kind: 'tool_result', ok: true, text: 'add hello.txt' },
      { kind: 'text', text: 'I check what has changed.' },
      expect.objectContaining({ kind: 'tool_call', summary: 'running git status --short' }),
      { kind: 'tool_result', ok: true, text: '?? hello.txt\n' },
      { kind: 'text', text: expect.stringMatching(/^The file hello\.txt was added/) },
      { kind: 'usage', usage: { input_tokens: 3600, output_tokens: 126, cost_usd: null }, last: true },
    ]);
  });

  test('the beginning of thread and turn is no first activity of the model', async () => {
    expect((await read(transcript('stall'))).answers).toEqual(['quiet', 'quiet']);
  });

  test('a counted retry is activity, one without end is not, nor is its log', async () => {
    const counted = await read([JSON.stringify({ type: 'error', message: 'Reconnecting... 1/2 (cut)' })]);
    expect(counted.answers).toEqual([undefined]);
    expect(counted.activities).toEqual([
      { kind: 'retry', message: 'The model call failed; it is tried again: Reconnecting... 1/2 (cut)' },
    ]);
    const { answers, activities } = await read(transcript('network-down'), { stderr: ['a word of its log'] });
    expect(new Set(answers)).toEqual(new Set(['quiet']));
    expect(activities.filter(({ kind }) => kind === 'retry')).toHaveLength(3);
  });

  test('a failure is told once, as an error', async () => {
    const { activities } = await read(transcript('overloaded'));
    expect(activities.filter(({ kind }) => kind === 'message')).toEqual([
      { kind: 'message', level: 'error', text: 'Selected model is at capacity. Please try a different model.' },
    ]);
  });

  test('its list of tasks, once each time it changes, with the one it is at', async () => {
    const list = (done: number, type: string): string => {
      const items = ['look', 'write', 'check'].map((text, index) => ({ text, completed: index < done }));
      return JSON.stringify({ type, item: { id: 'item_1', type: 'todo_list', items } });
    };
    const { activities } = await read([list(0, 'item.started'), list(2, 'item.updated'), list(2, 'item.completed')]);
    expect(
      activities.map((activity) => activity.kind === 'plan' && activity.entries.map(({ status }) => status)),
    ).toEqual([
      ['in_progress', 'pending', 'pending'],
      ['completed', 'completed', 'in_progress'],
    ]);
  });

  test('a warning, and what is outside of its protocol', async () => {
    const warning = { type: 'item.completed', item: { id: 'item_0', type: 'error', message: 'unknown model' } };
    const { activities } = await read(['plain words', JSON.stringify(warning), '{"type":"new"}', ''], {
      stderr: ['2026-11-24T23:40:02.7Z ERROR codex_core::x: went wrong'],
    });
    expect(activities).toEqual([
      { kind: 'message', level: 'warn', text: 'codex_core::x: went wrong' },
      { kind: 'message', level: 'info', text: 'plain words' },
      { kind: 'message', level: 'warn', text: 'unknown model' },
    ]);
  });

  test('a result of a tool that is cut is still shown, and nothing large is kept', async () => {
    const command = { type: 'command_execution', command: 'npm test', aggregated_output: 'y\n'.repeat(50_000) };
    const line = JSON.stringify({ type: 'item.completed', item: { id: 'item_0', ...command, exit_code: 0 } });
    const { activities } = await read([line.slice(0, 60_000)], { cut: true });
    expect(activities).toMatchObject([
      { kind: 'tool_call', summary: 'running npm test' },
      { kind: 'tool_result', ok: true },
    ]);
    expect(JSON.stringify(activities).length).toBeLessThan(5000);
  });
});

describe('an end that is not as it looks', () => {
  test('a refused change fails an attempt that may change, until a later one succeeds', async () => {
    const refused = await read([message('Done.'), COMPLETED], { stderr: [REFUSED_PATCH] });
    expect(refused.result).toMatchObject({
      errorCode: 'agent_permission_denied',
      errorMessage: 'Codex was not let change a file: writing is blocked by read-only sandbox',
    });
    const change = { type: 'file_change', changes: [{ path: '/copy/a', kind: 'update' }], status: 'completed' };
    const changed = JSON.stringify({ type: 'item.completed', item: { id: 'item_9', ...change } });
    expect((await read([changed, message('Done.'), COMPLETED], { stderr: [REFUSED_PATCH] })).result.ok).toBe(true);
  });

  test('a refused change of a role that only looks is shown, and no failure', async () => {
    const { result, activities } = await read([message('/bug'), COMPLETED], {
      stderr: [REFUSED_PATCH],
      run: { mayChange: false },
    });
    expect(result).toMatchObject({ ok: true, output: '/bug' });
    expect(activities[0]).toMatchObject({ kind: 'permission', tool: 'file_change', allowed: false });
  });

  test('words before the last tool are no last word', async () => {
    const { result } = await read([...transcript('implementor').slice(0, -2), COMPLETED]);
    expect(result).toMatchObject({ errorCode: 'agent_said_nothing' });
  });

  test('a 401 without a login is told as having none', async () => {
    expect((await read(transcript('bad-key'), { hasLogin: false })).result).toMatchObject({
      errorCode: 'agent_not_logged_in',
    });
  });

  test('an end before its turn is told in its last words', async () => {
    const stderrTail = 'Error: thread/resume failed: no rollout found for thread id 01a2\n';
    expect((await read([], { end: { exitCode: 1, stderrTail } })).result).toMatchObject({
      errorCode: 'agent_crashed',
      errorMessage: expect.stringMatching(/no rollout found/),
    });
    expect((await read([])).result).toMatchObject({ errorMessage: 'Codex ended without its result.' });
  });

  test('a cancel goes before a result, and a survivor before everything', async () => {
    const lines = transcript('done');
    expect((await read(lines, { end: { reason: 'aborted' } })).result).toMatchObject({ errorCode: 'cancelled' });
    const end = { reason: 'idle', survivors: ['42 sleep'] } as const;
    expect((await read(transcript('network-down'), { end })).result).toMatchObject({ errorCode: 'processes_survived' });
  });
});

describe('usage and answers', () => {
  const resume = (usage: AgentRun['resume'] extends infer R ? R : never): Partial<AgentRun> => ({ resume: usage });

  test('usage of a resumed session is the difference, and never negative', async () => {
    const before = { input_tokens: 3600, output_tokens: 1000, cost_usd: null };
    const { result } = await read(transcript('resumed'), {
      run: resume({ sessionId: 'x', fork: false, usage: before }),
    });
    expect(result.usage).toEqual({ input_tokens: 1200, output_tokens: 0, cost_usd: null });
    const first = await read(transcript('resumed'), { run: resume({ sessionId: 'x', fork: false, usage: null }) });
    expect(first.result.usage).toEqual({ input_tokens: 4800, output_tokens: 168, cost_usd: null });
  });

  test('a structured answer is parsed, and readable for a person', async () => {
    const answer = { report: 'Two lines\nof it.', commit_message: 'Add a greeting' };
    const run = { answerSchema: { type: 'object' } };
    const { result, activities } = await read([message(JSON.stringify(answer)), COMPLETED], { run });
    const output = 'report:\nTwo lines\nof it.\n\ncommit_message: Add a greeting';
    expect(result).toMatchObject({ ok: true, output, answer });
    expect(activities[0]).toEqual({ kind: 'text', text: output });
  });

  test('what is no object of JSON is no answer, and without a schema JSON stays as it is', async () => {
    const run = { answerSchema: { type: 'object' } };
    expect((await read([message('/bug'), COMPLETED], { run })).result).toMatchObject({ output: '/bug', answer: null });
    expect((await read([message('{"a":1}'), COMPLETED])).result).toMatchObject({ output: '{"a":1}', answer: null });
  });
});
