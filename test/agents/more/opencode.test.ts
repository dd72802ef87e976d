import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createOpenCodeAgent } from '../../../src/agents/opencode/agent.ts';
import type { Agent } from '../../../src/ports/agent.ts';
import { startModelServer } from '../../model-server/server.ts';
import type { ModelServer } from '../../model-server/server.ts';
import { NODE_PATH, PROMPTS, makeAcpPlace, programOrReason } from '../acp-run.ts';

const program = programOrReason('opencode');

describe.skipIf(program.missing !== null)('the real OpenCode', () => {
  let server: ModelServer;
  beforeAll(async () => {
    server = await startModelServer();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  function agentAt(baseUrl: string): Agent {
    const models = { m1: { name: 'M1', limit: { context: 200_000, output: 8000 }, cost: { input: 1, output: 2 } } };
    const options = { baseURL: `${baseUrl}/v1`, apiKey: 'x' };
    const provider = { scripted: { npm: '@ai-sdk/openai-compatible', name: 'Scripted', options, models } };
    return createOpenCodeAgent({
      cliPath: program.file,
      model: 'scripted/m1',
      environment: {
        PATH: NODE_PATH,
        OPENCODE_DISABLE_MODELS_FETCH: 'true',
        OPENCODE_CONFIG_CONTENT: JSON.stringify({ provider }),
      },
    });
  }

  test('does the work, and its session is gone on with: only the new cost counts', async () => {
    await using place = await makeAcpPlace();
    const agent = agentAt(server.url('work-order'));
    const done = await place.ask(agent, { prompt: PROMPTS.implementor });
    expect(done.result).toMatchObject({ ok: true, output: expect.stringContaining('Commit message:\nAdd a greeting') });
    expect(await readFile(join(place.directory, 'hello.txt'), 'utf8')).toContain('Hello');
    const { usage, sessionId } = done.result;
    expect(usage?.cost_usd).toBeGreaterThan(0);

    const resume = { sessionId: sessionId ?? '', fork: true, usage };
    const again = await place.ask(agent, { prompt: PROMPTS.classifier, resume });
    expect(again.result).toMatchObject({ ok: true, output: '/feature' });
    expect(again.result.sessionId).not.toBe(sessionId);
    // One model call where there were three.
    expect(again.result.usage?.cost_usd).toBeCloseTo((usage?.cost_usd ?? 0) / 3, 8);
  });

  test('a role that only looks is kept from changing anything', async () => {
    await using place = await makeAcpPlace();
    const agent = agentAt(server.url('work-order'));
    const { activities } = await place.ask(agent, { prompt: PROMPTS.implementor, mayChange: false });
    expect(activities).toContainEqual(expect.objectContaining({ kind: 'permission', allowed: false }));
    await expect(readFile(join(place.directory, 'hello.txt'))).rejects.toThrow('ENOENT');
  });

  test.each([
    ['bad-key', 'agent_login_refused'],
    ['unknown-model', 'agent_model_unavailable'],
    ['context-full', 'agent_context_full'],
    ['refusal', 'agent_refused'],
    ['nothing', 'agent_said_nothing'],
  ])('%s is %s', async (scenario, errorCode) => {
    await using place = await makeAcpPlace();
    const { result } = await place.ask(agentAt(server.url(scenario)), { prompt: PROMPTS.implementor });
    expect(result).toMatchObject({ ok: false, errorCode });
  });
});
