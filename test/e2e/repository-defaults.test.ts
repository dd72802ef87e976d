import { afterEach, expect, test } from 'vitest';
import type { AddRepository } from '../../src/contract/known-repository.ts';
import { KnownRepositorySchema } from '../../src/contract/known-repository.ts';
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

async function begin(files: Readonly<Record<string, string>> = {}) {
  place = makeWorkPlace({ gated: false, files });
  service = await startService(place.configuration({}), { log: quietLog });
  api = apiOf(service.url);
}

afterEach(async () => {
  await service.stop();
  place[Symbol.dispose]();
});

async function addRepository(settings: Partial<AddRepository>) {
  const response = await api.post('/repositories', { repository_url: place.repository, ...settings });
  expect(response.status).toBe(201);
  return KnownRepositorySchema.parse(await response.json()).repository_id;
}

const knownRepository = async (id: string) =>
  KnownRepositorySchema.parse(await (await api.get(`/repositories/${id}`)).json());
const request = (more: object = {}) => ({ repository_url: place.repository, user_request: 'Keep a list', ...more });

/** Who was asked in each step that asked an agent, and who wanted it so. */
async function choicesOf(id: string) {
  const events = await api.untilEnd(id);
  return events.flatMap(({ type, data }) =>
    type === 'attempt_prompted' ? [[data.step, data.agent, data.model, data.chosen_by]] : [],
  );
}

test('count where the request says nothing, before the settings of the repository itself', async () => {
  await begin({ '.agent-work-orders/settings.json': '{"agent": "command", "model": "of-the-settings"}' });
  place.git('branch', 'develop');
  const repository_id = await addRepository({
    default_agent: 'command',
    default_model: 'of-the-defaults',
    default_step_agents: { plan: { agent: 'command', model: 'of-the-step' } },
    default_sandbox_type: 'git_branch',
    default_base_branch: 'develop',
  });
  const id = await api.submit(request({ step_agents: { implement: { agent: 'command', model: 'of-the-request' } } }));
  expect(await choicesOf(id)).toEqual([
    ['classify', 'command', 'of-the-defaults', 'known_repository'],
    ['plan', 'command', 'of-the-step', 'known_repository'],
    ['implement', 'command', 'of-the-request', 'request'],
  ]);
  const workOrder = await api.workOrder(id);
  expect(workOrder).toMatchObject({
    status: 'completed',
    agent: 'command',
    agent_chosen_by: 'known_repository',
    model: 'of-the-defaults',
    sandbox_type: 'git_branch',
    base_branch: 'develop',
    repository_defaults: { repository_id, agent: 'command', model: 'of-the-defaults' },
  });
  expect(await knownRepository(repository_id)).toMatchObject({ last_used_at: workOrder.created_at });
});

test('give way to what the request says', async () => {
  await begin();
  place.git('branch', 'develop');
  await addRepository({
    default_agent: 'command',
    default_model: 'of-the-defaults',
    default_step_agents: { plan: { agent: 'command', model: 'of-the-step' } },
    default_sandbox_type: 'git_branch',
    default_base_branch: 'develop',
  });
  const wanted = { agent: 'command', model: 'of-the-request', sandbox_type: 'git_worktree', base_branch: 'main' };
  const id = await api.submit(request(wanted));
  expect(await choicesOf(id)).toEqual(
    ['classify', 'plan', 'implement'].map((step) => [step, 'command', 'of-the-request', 'request']),
  );
  expect(await api.workOrder(id)).toMatchObject({ ...wanted, agent_chosen_by: 'request' });
});

test('a model of the request alone goes to the agent of the defaults', async () => {
  await begin();
  await addRepository({ default_agent: 'command', default_model: 'of-the-defaults' });
  const id = await api.submit(request({ model: 'of-the-request' }));
  expect(await choicesOf(id)).toEqual(
    ['classify', 'plan', 'implement'].map((step) => [step, 'command', 'of-the-request', 'known_repository']),
  );
});

test('a later change or removal counts for later work orders only', async () => {
  await begin();
  const repository_id = await addRepository({ default_agent: 'command', default_model: 'first' });
  const before = await api.submit(request());
  const path = `/repositories/${repository_id}`;
  await service.fetch(
    new Request(new URL(path, service.url), {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ default_model: 'second' }),
    }),
  );
  const between = await api.submit(request());
  await service.fetch(new Request(new URL(path, service.url), { method: 'DELETE' }));
  const after = await api.submit(request());
  const models = async (id: string) => new Set((await choicesOf(id)).map(([, , model]) => model));
  expect(await models(before)).toEqual(new Set(['first']));
  expect(await models(between)).toEqual(new Set(['second']));
  expect(await models(after)).toEqual(new Set([null]));
  expect(await api.workOrder(after)).toMatchObject({ agent_chosen_by: 'service', repository_defaults: null });
});

test('that cannot be met refuse the work order, and say whose they are', async () => {
  await begin();
  const repository_id = await addRepository({ default_step_agents: { plan: { agent: 'acp', model: null } } });
  const refused = await api.post('/agent-work-orders', request());
  expect([refused.status, await refused.json()]).toMatchObject([
    422,
    { code: 'agent_unavailable', detail: expect.stringContaining(`The defaults of ${repository_id} want acp.`) },
  ]);
  // An agent that the request names goes before every default.
  expect((await api.post('/agent-work-orders', request({ agent: 'command' }))).status).toBe(201);
});

test('a work order makes no repository known', async () => {
  await begin();
  await api.untilEnd(await api.submit(request()));
  expect(await (await api.get('/repositories')).json()).toEqual([]);
});
