import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Activity, AgentResult, AgentRun } from '../../ports/agent.ts';
import type { LineAnswer, ProcessEnd } from '../../ports/process.ts';
import { createAcpDialogue } from './dialogue.ts';
import { stderrAsMessage } from './program.ts';

const folder = new URL('../../../test/transcripts/acp/', import.meta.url);
const NOW = new Date('2026-11-25T00:00:00.000Z');
const ENDED: ProcessEnd = {
  reason: 'exited',
  exitCode: 0,
  signal: null,
  durationMs: 1000,
  stderrTail: '',
  survivors: [],
  error: null,
};

const message = z.looseObject({
  id: z.number().optional(),
  method: z.string().optional(),
  result: z.unknown().optional(),
});
const stops = z.looseObject({ stopReason: z.string() });

/** Plays a recorded stream to a client whose own ids and questions are others than those of the recording. */
async function play(
  name: string,
): Promise<{ activities: readonly Activity[]; result: AgentResult; sent: readonly string[] }> {
  const activities: Activity[] = [];
  const waiting: number[] = [];
  const sent: string[] = [];
  const run: Partial<AgentRun> = {
    directory: '/sandbox/repo',
    prompt: 'do it',
    mayChange: true,
    resume: name === 'claude-load2' ? { sessionId: 's', fork: false, usage: null } : null,
    onActivity: (activity) => void activities.push(activity),
  };
  const dialogue = createAcpDialogue({
    run: run as AgentRun,
    now: () => NOW,
    program: {
      name: 'It',
      mode: null,
      askingModes: [],
      model: null,
      loginMethods: () => [],
      replaysLate: false,
      tokensAreOfLastCall: false,
      readStderr: stderrAsMessage,
    },
  });
  dialogue.begin({
    write(text) {
      const { id, method } = message.parse(JSON.parse(text));
      sent.push(method ?? text.trim());
      if (method !== undefined && id !== undefined) waiting.push(id);
    },
    end: () => undefined,
  });
  const lines = readFileSync(new URL(`${name}.jsonl`, folder), 'utf8')
    .trimEnd()
    .split('\n');
  let last: LineAnswer = undefined;
  for (const line of lines) {
    const recorded = message.parse(JSON.parse(line));
    const isAnswer = recorded.method === undefined;
    // The recording client set a mode; this one did not.
    const isOfPrompt = stops.safeParse(recorded.result).success || 'error' in recorded;
    if (isAnswer && !isOfPrompt && sent.at(-1) === 'session/prompt') continue;
    const text = isAnswer ? JSON.stringify({ ...recorded, id: waiting.at(-1) }) : line;
    last = await dialogue.onLine({ stream: 'stdout', text, bytes: text.length, cut: false });
  }
  const reason = last === 'finish' ? 'finished' : 'exited';
  const limits = { firstActivityMs: null, idleMs: null, totalMs: null };
  return { activities, sent, result: await dialogue.result({ ...ENDED, reason }, limits) };
}

const both = 'Done: file written and command run.';
const usage = (input_tokens: number, output_tokens: number, cost_usd: number | null = null) => ({
  input_tokens,
  output_tokens,
  cost_usd,
});

const CASES: Readonly<Record<string, object>> = {
  'claude-default': { ok: true, output: both, usage: usage(4500, 126, 0.022799999999999997) },
  'claude-load2': { ok: true, output: 'Done: the command ran.' },
  'claude-cancel': { errorCode: 'agent_killed' },
  'claude-e429': {
    errorCode: 'agent_rate_limited',
    errorMessage: expect.stringContaining('This request would exceed your rate limit'),
  },
  'codex-both': { ok: true, output: both, usage: usage(3600, 126) },
  'codex-cancel': { errorCode: 'agent_killed' },
  'codex-e429': { errorCode: 'agent_rate_limited', output: expect.stringContaining('429 Too Many Requests') },
  'opencode-ask': { ok: true, output: both },
  'qwen-both': { ok: true, output: both, usage: usage(3600, 126) },
  'gemini-both': { ok: true, output: both, usage: usage(3600, 126) },
  'gemini-cancel': { errorCode: 'agent_killed' },
  'gemini-e429': { errorCode: 'agent_rate_limited' },
  'gemini-bad-key': {
    errorCode: 'agent_login_refused',
    errorMessage: 'The model did not accept the login: API key not valid. Please pass a valid API key.',
  },
  'gemini-context-full': { errorCode: 'agent_context_full' },
  'gemini-unknown-model': { errorCode: 'agent_model_unavailable' },
  'gemini-rate-limited-reset': { errorCode: 'agent_rate_limited' },
  'gemini-cut': { errorCode: 'agent_network' },
  'gemini-claims': { ok: true, output: expect.stringContaining('all tests pass.') },
  'gemini-work-order-classifier': { ok: true, output: '/feature' },
  'gemini-work-order-planner': { ok: true },
  'gemini-work-order-implementor': { ok: true, output: expect.stringMatching(/Commit message:\nAdd a greeting/) },
  // The recording ends where the program was killed.
  'gemini-long-tool': { errorCode: 'agent_crashed', output: 'I wait.' },
  'gemini-long-tool-cancel': { errorCode: 'agent_killed' },
  'gemini-nothing': { errorCode: 'agent_said_nothing', output: null },
  'gemini-overloaded': { errorCode: 'agent_crashed', output: null },
  'gemini-rate-limited': { errorCode: 'agent_crashed', output: null },
  // What it says when the model refuses is an answer like another.
  'gemini-refusal': { ok: true, output: 'I cannot help with that.' },
  'gemini-stall': { errorCode: 'agent_crashed', output: null },
  'gemini-write-then-stall': { errorCode: 'agent_crashed', output: 'I add the file.' },
};

test.each(Object.entries(CASES))('%s', async (name, is) => {
  expect((await play(name)).result).toMatchObject(is);
});

test('each recorded stream has a case', () => {
  const recorded = readdirSync(folder).filter((file) => file.endsWith('.jsonl'));
  expect(Object.keys(CASES).toSorted()).toEqual(recorded.map((file) => file.replace('.jsonl', '')).toSorted());
});

test('a stream becomes activities a person can read', async () => {
  const { activities, sent } = await play('gemini-both');
  expect(activities.slice(1)).toEqual([
    { kind: 'text', text: 'I will do that now.' },
    { kind: 'tool_call', tool: 'edit', summary: 'editing hello.txt', input: null },
    { kind: 'permission', tool: 'edit', summary: 'editing hello.txt', allowed: true },
    { kind: 'tool_result', ok: true, text: 'changed /sandbox/repo/hello.txt' },
    { kind: 'text', text: 'I will do that now.' },
    { kind: 'tool_call', tool: 'execute', summary: 'running cat hello.txt && echo ok > from-shell.txt', input: null },
    {
      kind: 'permission',
      tool: 'execute',
      summary: 'running cat hello.txt && echo ok > from-shell.txt',
      allowed: true,
    },
    { kind: 'tool_result', ok: true, text: '' },
    { kind: 'text', text: 'Done: file written and command run.' },
    { kind: 'usage', usage: usage(3600, 126), last: true },
  ]);
  expect(sent.filter((line) => line.includes('proceed_once'))).toHaveLength(2);
});
