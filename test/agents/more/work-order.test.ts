import { describe, expect, test } from 'vitest';
import type { RealAgent } from '../whole-work-order.ts';
import { KEY, carryWorkOrder, missingPart } from '../whole-work-order.ts';

type Variables = Readonly<Record<string, string>>;

/** A program behind the agent `acp`, as a user would configure it. */
function acp(
  program: RealAgent['programs'][number],
  {
    args = '',
    mode,
    variables,
  }: { readonly args?: string; readonly mode: string; readonly variables: (url: string) => Variables },
): RealAgent {
  return {
    agent: 'acp',
    programs: [program],
    environment: ({ url, file }) => {
      const given = variables(url);
      const names = Object.keys(given).join(',');
      return { ...given, AWO_ACP_COMMAND: `'${file}'${args}`, AWO_ACP_MODE: mode, AWO_ACP_ENV: names };
    },
  };
}

const OPENCODE: RealAgent = {
  agent: 'opencode',
  programs: ['opencode'],
  environment: ({ url, file }) => {
    const options = { baseURL: `${url}/v1`, apiKey: '{env:SCRIPTED_KEY}' };
    const models = { m1: { name: 'M1', limit: { context: 200_000, output: 8_000 } } };
    const provider = { scripted: { npm: '@ai-sdk/openai-compatible', name: 'Scripted', options, models } };
    return {
      AWO_OPENCODE_CLI_PATH: file,
      AWO_OPENCODE_MODEL: 'scripted/m1',
      OPENCODE_DISABLE_MODELS_FETCH: 'true',
      OPENCODE_CONFIG_CONTENT: JSON.stringify({ provider }),
    };
  },
};

const QWEN = acp('qwen', {
  args: ' --acp',
  mode: 'yolo',
  variables: (url) => ({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: `${url}/v1`, OPENAI_MODEL: 'qwen3-coder-plus' }),
});

const CLAUDE_WRAPPER = acp('claude-agent-acp', {
  mode: 'acceptEdits',
  variables: (url) => ({ ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: url, DISABLE_AUTOUPDATER: '1', IS_SANDBOX: '1' }),
});

const CODEX_WRAPPER = acp('codex-acp', {
  mode: 'agent-full-access',
  variables: (url) => ({
    OPENAI_API_KEY: KEY,
    CODEX_CONFIG: JSON.stringify({
      model: 'gpt-5.5-codex',
      model_provider: 'scripted',
      model_providers: {
        scripted: { name: 'scripted', base_url: `${url}/v1`, wire_api: 'responses', env_key: 'OPENAI_API_KEY' },
      },
    }),
  }),
});

describe.each([OPENCODE, QWEN, CLAUDE_WRAPPER, CODEX_WRAPPER])('$programs', (agent) => {
  test('carries a whole work order from the request to the pushed branch', async ({ skip }) => {
    const missing = missingPart(agent);
    if (missing) skip(missing);
    const { steps } = await carryWorkOrder([agent], ['--agent', agent.agent]);
    expect(steps.find(({ step }) => step === 'implement')?.agent).toBe(agent.agent);
  });
});
