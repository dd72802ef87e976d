import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { STEP_NAMES } from '../../src/domain/workflow.ts';
import type { WorkOrderEvent } from '../../src/domain/event.ts';
import { RACE_POINTS } from '../../src/engine/race-points.ts';
import { apiOf } from '../suites/api.ts';
import { makeWorkPlace } from '../suites/work-place.ts';
import { startServiceProcess } from './killed-service.ts';
import { AGENT_STEPS, POINTS } from './points.ts';

test('every race point of the engine is one at which the service is killed here', () => {
  expect(new Set(POINTS.map((point) => point.split(':', 1)[0]))).toEqual(new Set(RACE_POINTS));
});

describe('a service that is killed with -9', () => {
  test.each(POINTS)('at %s goes on after its next start, and the history is whole', async (point) => {
    using place = makeWorkPlace({ gated: false });
    let before: readonly WorkOrderEvent[];
    let id: string;
    {
      await using first = await startServiceProcess(place.configuration(), point);
      id = await apiOf(first.url).submit({ repository_url: place.repository, user_request: 'Keep a list' });
      await first.held;
      before = await apiOf(first.url).savedEvents(id);
      await first.kill();
    }
    await using second = await startServiceProcess(place.configuration());
    const events = await apiOf(second.url).untilEnd(id);

    // Nothing that was shown is lost or changed, and the numbers have no gap.
    expect(events.slice(0, before.length)).toEqual(before);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(events.at(-1)).toMatchObject({ type: 'work_order_completed', data: { outcome: 'branch_pushed' } });

    const finished = events.filter((event) => event.type === 'attempt_finished').map(({ data }) => data);
    expect(finished.filter(({ success }) => success).map(({ step }) => step)).toEqual(STEP_NAMES);
    const cut =
      before.filter(({ type }) => type === 'attempt_started').length -
      before.filter(({ type }) => type === 'attempt_finished').length;
    expect(finished.filter(({ status }) => status === 'interrupted')).toHaveLength(cut);

    // One branch with one commit on top of the base, with just what was asked for in it.
    const [branch, ...others] = place.branches().filter((name) => name !== 'main');
    expect(others).toEqual([]);
    expect(place.git('rev-list', '--count', `main..${branch}`)).toBe('1');
    expect(place.git('show', `${branch}:list.txt`)).toBe('a line\none more line');
    expect(place.livingAgents()).toEqual([]);
  });

  test.each(AGENT_STEPS)('in the middle of %s leaves no agent alive, and starts a new attempt', async (step) => {
    using place = makeWorkPlace({ gated: true });
    place.open(...AGENT_STEPS.slice(0, AGENT_STEPS.indexOf(step)));
    let id: string;
    {
      await using first = await startServiceProcess(place.configuration());
      id = await apiOf(first.url).submit({ repository_url: place.repository, user_request: 'Keep a list' });
      await apiOf(first.url).until(id, (event) => event.type === 'attempt_prompted' && event.data.step === step);
      await apiOf(first.url).untilLogged(id, `working on ${step}`);
      expect(place.livingAgents().length).toBeGreaterThan(0);
      await first.kill();
    }
    await using second = await startServiceProcess(place.configuration());
    const api = apiOf(second.url);
    const restarted = await api.until(
      id,
      (event) => event.type === 'attempt_started' && event.data.step === step && event.data.attempt === 2,
    );
    expect(restarted.at(-2)).toMatchObject({
      type: 'attempt_finished',
      data: { step, attempt: 1, status: 'interrupted', error_code: 'interrupted' },
    });
    place.open(...AGENT_STEPS);
    await api.untilEnd(id);
    expect(await api.workOrder(id)).toMatchObject({ status: 'completed', outcome: 'branch_pushed' });
    expect(place.livingAgents()).toEqual([]);
  });
});

test('the session of an agent is known when the service is killed, before its turn has ended', async () => {
  const key = 'ANTHROPIC_API_KEY';
  process.env[key] = 'a-key-without-a-model';
  try {
    using place = makeWorkPlace({ gated: true });
    const configuration = place.configuration({ agent: 'claude', claudeCliPath: join(place.directory, 'bin/agent') });
    let id: string;
    {
      await using first = await startServiceProcess(configuration);
      id = await apiOf(first.url).submit({ repository_url: place.repository, user_request: 'Keep a list' });
      await apiOf(first.url).until(id, ({ type }) => type === 'session_started');
      await first.kill();
    }
    await using second = await startServiceProcess(configuration, 'after_claim');
    await second.held;
    expect(await apiOf(second.url).workOrder(id)).toMatchObject({ agent_session_id: 'session-classify' });
  } finally {
    delete process.env[key];
  }
});

test('a service that is killed in the middle of its checks runs them anew on the work that is there, and asks the agent for nothing', async () => {
  using place = makeWorkPlace({ gated: true });
  place.open(...AGENT_STEPS);
  const checked = join(place.directory, 'gate', 'checked');
  const checks = [`echo checking; until test -e '${checked}'; do sleep 0.05; done; cat list.txt`];
  let id: string;
  {
    await using first = await startServiceProcess(place.configuration());
    const api = apiOf(first.url);
    id = await api.submit({ repository_url: place.repository, user_request: 'Keep a list', checks });
    await api.untilLogged(id, '"event":"check_output"');
    await first.kill();
  }
  place.open('checked');
  await using second = await startServiceProcess(place.configuration());
  const events = await apiOf(second.url).untilEnd(id);
  const prompted = events.filter(({ type, data }) => type === 'attempt_prompted' && data.step === 'implement');
  expect(prompted).toHaveLength(1);
  const [cut, taken, ...more] = (await apiOf(second.url).steps(id)).steps.filter(({ step }) => step === 'implement');
  expect(more).toEqual([]);
  expect(cut).toMatchObject({ status: 'interrupted', checks: [], answer: { commit_message: 'chore: keep a list' } });
  const output = 'checking\na line\none more line';
  expect(taken).toMatchObject({ status: 'succeeded', output: cut?.output, answer: cut?.answer, checks: [{ output }] });
  const branch = place.branches().find((name) => name.includes(id));
  expect(place.git('show', `${branch}:list.txt`)).toBe('a line\none more line');
  expect(place.git('log', '-1', '--format=%s', branch ?? '')).toBe('chore: keep a list');
});

test('a message that was given to an attempt which is killed is given again, once, to the next', async () => {
  using place = makeWorkPlace({ gated: true });
  place.open('classify', 'plan');
  let id: string;
  {
    await using first = await startServiceProcess(place.configuration(), 'after_agent:implement');
    const api = apiOf(first.url);
    id = await api.submit({
      repository_url: place.repository,
      user_request: 'Keep a list',
      approvals: ['before:implement'],
    });
    await api.until(id, ({ type }) => type === 'work_order_waiting');
    expect((await api.post(`/agent-work-orders/${id}/prompt`, { prompt_text: 'A line more.' })).status).toBe(200);
    await api.post(`/agent-work-orders/${id}/approve`);
    place.open('implement');
    await first.held;
    await first.kill();
  }
  await using second = await startServiceProcess(place.configuration());
  const events = await apiOf(second.url).untilEnd(id);
  const given = events.flatMap(({ type, data }) => (type === 'prompt_given' ? [data.attempt] : []));
  expect(given).toEqual([1, 2]);
  const { git_branch_name: branch } = await apiOf(second.url).workOrder(id);
  expect(place.git('show', `${branch}:list.txt`)).toBe('a line\none more line\nA line more.');
});

test.each(['after_claim', 'after_sandbox_created:plan', 'after_attempt_finished:plan'])(
  'a fork whose service is killed at %s is taken up, with what it has inherited',
  async (point) => {
    using place = makeWorkPlace({ gated: true });
    place.open('classify');
    let source: string;
    {
      await using first = await startServiceProcess(place.configuration());
      const api = apiOf(first.url);
      source = await api.submit({
        repository_url: place.repository,
        user_request: 'Keep a list',
        approvals: ['before:plan'],
      });
      await api.until(source, ({ type }) => type === 'work_order_waiting');
    }
    place.open('plan', 'implement');
    let id: string;
    {
      await using second = await startServiceProcess(place.configuration(), point);
      const answer: unknown = await (
        await apiOf(second.url).post(`/agent-work-orders/${source}/fork`, { from_step: 'classify' })
      ).json();
      id = String(Reflect.get(answer as object, 'agent_work_order_id'));
      const api = apiOf(second.url);
      if (point !== 'after_claim') {
        await api.until(id, ({ type }) => type === 'work_order_waiting');
        await api.post(`/agent-work-orders/${id}/approve`);
      }
      await second.held;
      await second.kill();
    }
    await using third = await startServiceProcess(place.configuration());
    const api = apiOf(third.url);
    if (point === 'after_claim') {
      await api.until(id, ({ type }) => type === 'work_order_waiting');
      await api.post(`/agent-work-orders/${id}/approve`);
    }
    await api.untilEnd(id);
    const { steps } = await api.steps(id);
    expect(steps.filter(({ inherited_from }) => inherited_from === source).map(({ step }) => step)).toEqual([
      'classify',
    ]);
    expect(steps.filter(({ success }) => success).map(({ step }) => step)).toEqual(STEP_NAMES);
    expect(place.branches()).toHaveLength(2);
    expect((await api.workOrder(id)).status).toBe('completed');
  },
);
