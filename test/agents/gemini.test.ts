import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createGeminiAgent } from '../../src/agents/gemini/agent.ts';
import type { Activity, Agent } from '../../src/ports/agent.ts';
import { readProcess } from '../../src/process/process-table.ts';
import type { Scenario } from '../model-server/reply.ts';
import { startModelServer } from '../model-server/server.ts';
import type { ModelServer } from '../model-server/server.ts';
import { NODE_PATH, PROMPTS, makeAcpPlace, programOrReason } from './acp-run.ts';

const program = programOrReason('gemini');

const scenarios: Readonly<Record<string, Scenario>> = {
  sleeps: ({ turn }) =>
    turn === 0 ? { actions: [{ run: 'echo $$ > tool.pid; sleep 300' }] } : { text: 'I have waited.' },
};

describe.skipIf(program.missing !== null)('the real Gemini CLI', () => {
  let server: ModelServer;
  beforeAll(async () => {
    server = await startModelServer({ scenarios });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const agentAt = (baseUrl: string, environment: Readonly<Record<string, string>> = { GEMINI_API_KEY: 'x' }): Agent =>
    createGeminiAgent({
      cliPath: program.file,
      model: 'gemini-2.5-pro',
      environment: { PATH: NODE_PATH, GOOGLE_GEMINI_BASE_URL: baseUrl, ...environment },
    });

  test('its check names a version that was tried', async () => {
    expect(await agentAt(server.url('work-order')).check()).toMatchObject({
      available: true,
      version: program.missing === null ? program.version : null,
      versionTried: true,
      loggedIn: true,
    });
  });

  test('three roles, and a session that is gone on with at once', async () => {
    await using place = await makeAcpPlace();
    const agent = agentAt(server.url('work-order'));

    const classified = await place.ask(agent, { prompt: PROMPTS.classifier, mayChange: false });
    expect(classified.result).toMatchObject({ ok: true, output: '/feature' });

    const planned = await place.ask(agent, { prompt: PROMPTS.planner });
    expect(planned.result).toMatchObject({ ok: true, output: expect.stringContaining('specs/plan-greeting.md') });
    expect(await readFile(join(place.directory, 'specs/plan-greeting.md'), 'utf8')).toContain('greeting');

    for (const again of [1, 2]) {
      const resume = { sessionId: planned.result.sessionId ?? '', fork: false, usage: null };
      const done = await place.ask(agent, { prompt: PROMPTS.implementor, resume });
      expect(done.result, `time ${again}`).toEqual({
        ok: true,
        output: expect.stringMatching(/^The file hello\.txt was added.*Commit message:\nAdd a greeting/s),
        answer: null,
        sessionId: planned.result.sessionId,
        usage: { input_tokens: 3600, output_tokens: 126, cost_usd: null },
      });
      // Not a word of the session before.
      const shown = JSON.stringify(done.activities);
      expect(shown).not.toContain('I look at the repository');
      expect(shown).not.toContain('begins a new one');
      expect(done.activities).toContainEqual(expect.objectContaining({ summary: 'editing hello.txt' }));
      expect(done.activities).toContainEqual(expect.objectContaining({ summary: 'running git status --short' }));
    }
    // The model was given the whole conversation.
    expect(JSON.stringify(server.requests.at(-1)?.body)).toContain('You plan a new feature');
  });

  test('a role that only looks is kept from changing anything', async () => {
    await using place = await makeAcpPlace();
    const { activities } = await place.ask(agentAt(server.url('work-order')), {
      prompt: PROMPTS.implementor,
      mayChange: false,
    });
    expect(activities).toContainEqual(expect.objectContaining({ kind: 'permission', allowed: false }));
    await expect(readFile(join(place.directory, 'hello.txt'))).rejects.toThrow('ENOENT');
  });

  test.each([
    ['bad-key', 'agent_login_refused'],
    ['unknown-model', 'agent_model_unavailable'],
    ['context-full', 'agent_context_full'],
    ['nothing', 'agent_said_nothing'],
    ['cut', 'agent_network'],
    ['rate-limited-reset', 'agent_rate_limited'],
  ])('%s is %s', async (scenario, errorCode) => {
    await using place = await makeAcpPlace();
    const before = Date.now();
    const { result } = await place.ask(agentAt(server.url(scenario)), { prompt: PROMPTS.implementor });
    expect(result).toMatchObject({ ok: false, errorCode });
    if (scenario !== 'rate-limited-reset' || result.ok) return;
    expect(Date.parse(result.resetsAt ?? '')).toBeGreaterThanOrEqual(before + 3_600_000);
  });

  test.each([
    ['rate-limited', 'agent_rate_limited', '429'],
    ['overloaded', 'agent_overloaded', '503'],
  ])('%s is %s after three tries, which are shown', async (scenario, errorCode, status) => {
    await using place = await makeAcpPlace();
    const { result, activities } = await place.ask(agentAt(server.url(scenario)), { prompt: PROMPTS.implementor });
    expect(result).toMatchObject({ ok: false, errorCode });
    const retries = activities.filter(({ kind }) => kind === 'retry');
    expect(retries).toHaveLength(2);
    expect(retries[0]).toEqual({ kind: 'retry', message: expect.stringContaining(`status ${status}`) });
  });

  test('without a login', async () => {
    await using place = await makeAcpPlace();
    const agent = createGeminiAgent({
      cliPath: program.file,
      model: null,
      environment: { PATH: NODE_PATH, HOME: place.directory },
    });
    const { result } = await place.ask(agent, { prompt: PROMPTS.classifier });
    expect(result).toMatchObject({ ok: false, errorCode: 'agent_not_logged_in' });
  });

  test('a limit of turns', async () => {
    await using place = await makeAcpPlace();
    const { result } = await place.ask(agentAt(server.url('endless')), { prompt: PROMPTS.implementor, maxTurns: 3 });
    expect(result).toMatchObject({ ok: false, errorCode: 'agent_turn_limit' });
  });

  test('a model that stalls', async () => {
    await using place = await makeAcpPlace();
    const limits = { firstActivityMs: 4000, idleMs: 60_000, totalMs: 60_000 };
    const { result } = await place.ask(agentAt(server.url('stall')), { prompt: PROMPTS.implementor, limits });
    expect(result).toMatchObject({ ok: false, errorCode: 'agent_no_first_activity' });
  });

  test('a cancel ends the tool that is running', async () => {
    await using place = await makeAcpPlace();
    const controller = new AbortController();
    let pid = 0;
    const onActivity = async (activity: Activity): Promise<void> => {
      if (activity.kind !== 'tool_call') return;
      pid = await vi.waitFor(
        async () => {
          const number = Number(await readFile(join(place.directory, 'tool.pid'), 'utf8'));
          expect((await readProcess(number))?.alive).toBe(true);
          return number;
        },
        { timeout: 20_000 },
      );
      controller.abort();
    };
    const { result } = await place.ask(agentAt(server.url('sleeps')), {
      prompt: PROMPTS.implementor,
      signal: controller.signal,
      onActivity,
    });
    expect(result).toMatchObject({ ok: false, errorCode: 'cancelled' });
    expect(pid).toBeGreaterThan(0);
    expect((await readProcess(pid))?.alive ?? false).toBe(false);
  });
});
