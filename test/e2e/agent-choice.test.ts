import { afterEach, expect, test } from 'vitest';
import type { RunningService } from '../../src/server.ts';
import { startService } from '../../src/server.ts';
import type { Api } from '../suites/api.ts';
import { apiOf } from '../suites/api.ts';
import { quietLog } from '../suites/quiet-log.ts';
import type { WorkPlace } from '../suites/work-place.ts';
import { makeWorkPlace } from '../suites/work-place.ts';

let place: WorkPlace;
let service: RunningService;
let api: Api;

async function begin(settings: string | null, changes: Parameters<WorkPlace['configuration']>[0] = {}) {
  const files = settings === null ? {} : { '.agent-work-orders/settings.json': settings };
  place = makeWorkPlace({ gated: false, files });
  service = await startService(place.configuration(changes), { log: quietLog });
  api = apiOf(service.url);
}
const request = (more: object = {}) => ({ repository_url: place.repository, user_request: 'Keep a list', ...more });

afterEach(async () => {
  await service.stop();
  place[Symbol.dispose]();
});

/** Who was asked in each step that asked an agent, and who wanted it so. */
async function choicesOf(id: string) {
  const events = await api.untilEnd(id);
  return events.flatMap(({ type, data }) =>
    type === 'attempt_prompted' ? [[data.step, data.agent, data.model, data.chosen_by]] : [],
  );
}

test('a repository names the agent, a step of the configuration a model, and the request goes before both', async () => {
  await begin(
    '{"agent": "command", "model": "of-the-repository", "steps": {"plan": {"agent": "command", "model": "p"}}}',
    {
      steps: { implement: { agent: 'command', model: 'of-the-configuration' } },
    },
  );
  const id = await api.submit(request({ step_agents: { implement: { model: 'of-the-request' } } }));
  expect(await choicesOf(id)).toEqual([
    ['classify', 'command', 'of-the-repository', 'repository'],
    ['plan', 'command', 'p', 'repository'],
    ['implement', 'command', 'of-the-request', 'repository'],
  ]);
  const { steps } = await api.steps(id);
  expect(steps.map(({ step, agent, model }) => [step, agent, model])).toEqual([
    ['classify', 'command', 'of-the-repository'],
    ['plan', 'command', 'p'],
    ['find_plan', null, null],
    ['generate_branch', null, null],
    ['implement', 'command', 'of-the-request'],
    ['commit', null, null],
    ['create_pr', null, null],
  ]);
});

test('without a wish of the repository the configuration counts', async () => {
  await begin(null, { steps: { implement: { agent: 'command', model: 'large' } } });
  expect(await choicesOf(await api.submit(request()))).toEqual([
    ['classify', 'command', null, 'service'],
    ['plan', 'command', null, 'service'],
    ['implement', 'command', 'large', 'service'],
  ]);
});

test.each([
  ['{"agent": "hal"}', 'agent_unavailable', 'settings.json of the target repository wants'],
  ['{"agent": "demo"}', 'agent_repository_refused', 'own sample'],
  ['{"agents": "x"}', 'repository_settings_invalid', 'the key "agents"'],
])(
  'settings of the repository that cannot be met fail the first step with the reason: %s',
  async (text, code, words) => {
    await begin(text);
    const id = await api.submit(request());
    await api.untilEnd(id);
    expect(await api.workOrder(id)).toMatchObject({
      status: 'failed',
      failed_step: 'classify',
      error_code: code,
      error_message: expect.stringContaining(words),
    });
  },
);

test('an agent that the request names for a step must exist and be usable', async () => {
  await begin(null);
  const post = (step_agents: object) => api.post('/agent-work-orders', request({ step_agents }));
  for (const [step_agents, code] of [
    [{ plan: { agent: 'hal' } }, 'agent_unavailable'],
    [{ plan: { agent: 'demo' } }, 'agent_repository_refused'],
    [{ commit: { agent: 'command' } }, 'invalid_request'],
    [{ plan: { agent: 7 } }, 'invalid_request'],
  ] as const) {
    const response = await post(step_agents);
    expect([response.status, await response.json()]).toMatchObject([422, { code }]);
  }
  expect(await (await post({ commit: { agent: 'command' } })).json()).toMatchObject({
    detail: expect.stringContaining('Only these steps ask an agent: classify, plan, find_plan, implement; not commit.'),
  });
});
