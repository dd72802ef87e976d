import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAcpAgent } from '../../../src/agents/acp/agent.ts';
import type { Agent } from '../../../src/ports/agent.ts';
import { startModelServer } from '../../model-server/server.ts';
import type { ModelServer } from '../../model-server/server.ts';
import { NODE_PATH, PROMPTS, makeAcpPlace, programOrReason } from '../acp-run.ts';

type Variables = Readonly<Record<string, string>>;

/** Codex gives its key to nobody but its own vendor, unless its configuration names another. */
const codexConfig = (url: string): string =>
  JSON.stringify({
    model: 'gpt-5.5-codex',
    model_provider: 'scripted',
    model_providers: {
      scripted: { name: 'scripted', base_url: `${url}/v1`, wire_api: 'responses', env_key: 'OPENAI_API_KEY' },
    },
  });

const PROGRAMS = {
  qwen: {
    args: ' --acp',
    mode: 'yolo',
    variables: (url: string): Variables => ({
      OPENAI_API_KEY: 'x',
      OPENAI_BASE_URL: `${url}/v1`,
      OPENAI_MODEL: 'qwen3-coder-plus',
    }),
    failures: { 'bad-key': 'agent_login_refused', 'context-full': 'agent_context_full' },
  },
  'claude-agent-acp': {
    args: '',
    mode: 'acceptEdits',
    variables: (url: string): Variables => ({
      ANTHROPIC_API_KEY: 'x',
      ANTHROPIC_BASE_URL: url,
      CLAUDE_CODE_MAX_RETRIES: '1',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
      IS_SANDBOX: '1',
    }),
    failures: {
      'bad-key': 'agent_login_refused',
      'rate-limited': 'agent_rate_limited',
      overloaded: 'agent_overloaded',
      refusal: 'agent_refused',
    },
  },
  'codex-acp': {
    args: '',
    mode: 'agent-full-access',
    variables: (url: string): Variables => ({ OPENAI_API_KEY: 'x', CODEX_CONFIG: codexConfig(url) }),
    // All that it says of a key that is refused is that one is needed.
    failures: { 'bad-key': 'agent_not_logged_in', 'context-full': 'agent_context_full' },
  },
} as const;

describe.each(Object.entries(PROGRAMS))('the real %s', (name, { args, mode, variables, failures }) => {
  const program = programOrReason(name as keyof typeof PROGRAMS);
  let server: ModelServer;
  beforeAll(async () => {
    server = await startModelServer();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  function agentAt(url: string): Agent {
    const given = variables(url);
    return createAcpAgent({
      commandLine: `'${program.file}'${args}`,
      mode,
      passEnvironment: Object.keys(given),
      modelHosts: [],
      environment: { ...given, PATH: `${NODE_PATH}:${dirname(program.file ?? '/')}` },
    });
  }

  test.skipIf(program.missing !== null)('does the work and goes on with its session', async () => {
    await using place = await makeAcpPlace();
    const agent = agentAt(server.url('work-order'));
    const done = await place.ask(agent, { prompt: PROMPTS.implementor });
    expect(done.result).toMatchObject({ ok: true, output: expect.stringContaining('Commit message:\nAdd a greeting') });
    expect(done.result.usage?.output_tokens).toBeGreaterThan(0);
    expect(await readFile(join(place.directory, 'hello.txt'), 'utf8')).toContain('Hello');

    const { usage, sessionId } = done.result;
    const resume = { sessionId: sessionId ?? '', fork: false, usage };
    const again = await place.ask(agent, { prompt: PROMPTS.classifier, resume });
    expect(again.result).toMatchObject({ ok: true, output: '/feature', sessionId });
    expect(again.result.usage?.output_tokens).toBeLessThan(usage?.output_tokens ?? 0);
  });

  test.skipIf(program.missing !== null).each(Object.entries(failures))('%s is %s', async (scenario, errorCode) => {
    await using place = await makeAcpPlace();
    const { result } = await place.ask(agentAt(server.url(scenario)), { prompt: PROMPTS.implementor });
    expect(result).toMatchObject({ ok: false, errorCode });
  });
});
