import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { WorkOrderEvent } from '../../src/domain/event.ts';
import { STEP_NAMES } from '../../src/domain/workflow.ts';
import { isTerminal } from '../../src/domain/work-order.ts';
import type { RunningService } from '../../src/server.ts';
import { startService } from '../../src/server.ts';
import type { Api } from '../suites/api.ts';
import { apiOf } from '../suites/api.ts';
import { quietLog } from '../suites/quiet-log.ts';
import type { WorkPlace } from '../suites/work-place.ts';
import { makeWorkPlace } from '../suites/work-place.ts';

const AGENT_STEPS = ['classify', 'plan', 'implement'] as const;

let place: WorkPlace;
let service: RunningService;
let api: Api;

async function begin(
  options: Parameters<typeof makeWorkPlace>[0],
  changes: Parameters<WorkPlace['configuration']>[0] = {},
) {
  place = makeWorkPlace(options);
  service = await startService(place.configuration(changes), { log: quietLog });
  api = apiOf(service.url);
}
const submit = () => api.submit({ repository_url: place.repository, user_request: 'Keep a list' });
const startOf = (step: string) => (event: WorkOrderEvent) =>
  event.type === 'attempt_started' && event.data.step === step;

afterEach(async () => {
  await service.stop();
  expect(place.livingAgents()).toEqual([]);
  place[Symbol.dispose]();
});

describe('a work order that runs', () => {
  beforeEach(() => begin({ gated: true }, { commitName: 'Ada Bot', commitEmail: 'ada@example.org' }));

  test('shows each step as it starts and as it ends, one by one', async () => {
    const id = await submit();
    await api.until(id, startOf('classify'));
    const first = await api.steps(id);
    expect(first).toMatchObject({ steps: [], steps_completed: 0, current_step: 'classify' });
    expect(first.in_progress).toMatchObject({ step: 'classify', agent_name: 'classifier', attempt: 1 });
    expect(first.remaining_steps).toEqual(STEP_NAMES.slice(1));

    place.open('classify');
    await api.until(id, startOf('plan'));
    const second = await api.steps(id);
    expect(second.steps.map(({ step, output }) => [step, output])).toEqual([['classify', '/chore']]);
    expect(second.in_progress).toMatchObject({ step: 'plan', attempt: 1 });

    place.open('plan');
    await api.until(id, startOf('implement'));
    const fifth = await api.steps(id);
    expect(fifth.steps.map(({ step }) => step)).toEqual(STEP_NAMES.slice(0, 4));
    expect(fifth.in_progress).toMatchObject({ step: 'implement' });
    expect(await api.workOrder(id)).toMatchObject({ status: 'running', current_phase: 'implementing' });

    place.open('implement');
    await api.untilEnd(id);
    const last = await api.steps(id);
    expect(last.steps.map(({ step, success, attempt }) => [step, success, attempt])).toEqual(
      STEP_NAMES.map((step) => [step, true, 1]),
    );
    expect(last).toMatchObject({ steps_completed: 7, current_step: null, in_progress: null, remaining_steps: [] });
    expect(await api.workOrder(id)).toMatchObject({
      status: 'completed',
      outcome: 'branch_pushed',
      git_commit_count: 1,
      current_phase: 'completed',
    });
  });

  test('ends with a commit that names it, by whom the configuration says', async () => {
    place.open(...AGENT_STEPS);
    const id = await submit();
    await api.untilEnd(id);
    const { git_commit } = await api.workOrder(id);
    const said = place.git(
      'log',
      '-1',
      '--format=%an <%ae>|%cn <%ce>|%(trailers:key=Work-Order,valueonly)',
      git_commit ?? '',
    );
    expect(said.trim()).toBe(`Ada Bot <ada@example.org>|Ada Bot <ada@example.org>|${id}`);
  });

  test('says what the running step is doing now', async () => {
    const id = await submit();
    await api.until(id, ({ type }) => type === 'attempt_prompted');
    const log = await api.get(`/agent-work-orders/${id}/logs/stream`);
    const reader = log.body!.pipeThrough(new TextDecoderStream()).getReader();
    for (let text = ''; !text.includes('working on classify'); text += (await reader.read()).value ?? '');
    await reader.cancel();
    expect((await api.steps(id)).in_progress?.activity).toBe('working on classify');
    place.open(...AGENT_STEPS);
    await api.untilEnd(id);
  });

  test('is cancelled within three seconds, with its agents dead before it says so', async () => {
    const id = await submit();
    await api.until(id, ({ type }) => type === 'attempt_prompted');
    const begunMs = performance.now();
    expect((await api.post(`/agent-work-orders/${id}/cancel`)).status).toBe(202);
    const events = await api.untilEnd(id);
    expect(place.livingAgents()).toEqual([]);
    expect(performance.now() - begunMs).toBeLessThan(3_000);
    expect(events.slice(-2)).toMatchObject([
      { type: 'attempt_finished', data: { step: 'classify', status: 'cancelled', error_code: 'cancelled' } },
      { type: 'work_order_cancelled' },
    ]);
    expect((await api.post(`/agent-work-orders/${id}/cancel`)).status).toBe(409);
  });

  test('an unknown one is not found, in words and in status', async () => {
    const response = await api.get('/agent-work-orders/wo-nobody00/steps');
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      code: 'work_order_not_found',
      detail: expect.stringContaining('not found'),
    });
  });

  test('those beyond the limit wait in order, and can be cancelled there', async () => {
    const ids = [await submit(), await submit(), await submit(), await submit()];
    await Promise.all(ids.slice(0, 2).map((id) => api.until(id, startOf('classify'))));
    const statuses = await Promise.all(ids.map(async (id) => (await api.workOrder(id)).status));
    expect(statuses).toEqual(['running', 'running', 'pending', 'pending']);
    expect(await api.steps(ids[2]!)).toMatchObject({ steps: [], current_step: 'classify', in_progress: null });
    await api.post(`/agent-work-orders/${ids[2]}/cancel`);
    expect(await api.workOrder(ids[2]!)).toMatchObject({ status: 'cancelled' });
    place.open(...AGENT_STEPS);
    for (const id of [ids[0]!, ids[1]!, ids[3]!]) await api.untilEnd(id);
    expect(await api.workOrder(ids[3]!)).toMatchObject({ status: 'completed' });
  });
});

describe('a step that fails', () => {
  test('is in the history with its error while the work order has not ended', async () => {
    await begin({ gated: false, agent: { AGENT_FAIL: 'plan' } });
    const id = await submit();
    const seen: (readonly [string, boolean])[] = [];
    for await (const event of api.events(id)) {
      if (event.type !== 'attempt_finished' || event.data.success) continue;
      const [{ steps }, workOrder] = await Promise.all([api.steps(id), api.workOrder(id)]);
      seen.push([steps.at(-1)?.error_code ?? '', isTerminal(workOrder.status)]);
    }
    expect(seen.map(([code]) => code)).toEqual(['agent_crashed']);
    expect(await api.workOrder(id)).toMatchObject({
      status: 'failed',
      error_code: 'agent_crashed',
      failed_step: 'plan',
    });
    const { steps, current_step, remaining_steps } = await api.steps(id);
    expect(steps.map(({ step, status }) => [step, status])).toEqual([
      ['classify', 'succeeded'],
      ['plan', 'failed'],
    ]);
    expect(steps[1]?.error_message).toContain('this step is told to fail');
    expect([current_step, remaining_steps.length]).toEqual(['plan', 5]);
  });

  test('nothing done without a reason is no progress', async () => {
    await begin({ gated: false, agent: { AGENT_NO_CHANGE: 'silent' } });
    const id = await submit();
    await api.untilEnd(id);
    expect(await api.workOrder(id)).toMatchObject({
      status: 'failed',
      error_code: 'no_progress',
      failed_step: 'commit',
    });
    expect(place.branches()).toEqual(['main']);
  });

  test('nothing done with a reason is an honest end with seven records', async () => {
    await begin({ gated: false, agent: { AGENT_NO_CHANGE: 'reason' } });
    const id = await submit();
    await api.untilEnd(id);
    expect(await api.workOrder(id)).toMatchObject({ status: 'completed', outcome: 'no_change_needed' });
    const { steps } = await api.steps(id);
    expect(steps.map(({ status }) => status)).toEqual([
      ...Array.from({ length: 5 }, () => 'succeeded'),
      'skipped',
      'skipped',
    ]);
    expect(place.branches()).toEqual(['main']);
  });

  test('a repository that cannot be fetched fails the first step, with the reason', async () => {
    await begin({ gated: false });
    const id = await api.submit({ repository_url: place.repository, user_request: 'x', base_branch: 'nowhere' });
    await api.untilEnd(id);
    expect(await api.workOrder(id)).toMatchObject({
      status: 'failed',
      error_code: 'base_branch_not_found',
      failed_step: 'classify',
    });
  });
});

describe('many readers at once', () => {
  test('ten pollers and ten streams on five work orders see only consistent prefixes, and every event once', async () => {
    await begin({ gated: false }, { maxRunning: 5 });
    const ids = await Promise.all(Array.from({ length: 5 }, submit));
    const streams = ids.flatMap((id) => [api.untilEnd(id), api.untilEnd(id)]);
    const ended = new Set<string>();
    const poll = async (id: string) => {
      const lengths: number[] = [];
      while (!ended.has(id)) {
        const { steps, in_progress, current_step } = await api.steps(id);
        // A prefix: the steps in their order, and the running one is the next.
        expect(steps.map(({ step }) => step)).toEqual(STEP_NAMES.slice(0, steps.length));
        expect(current_step).toBe(STEP_NAMES[steps.length] ?? null);
        if (in_progress) expect(in_progress.step).toBe(current_step);
        lengths.push(steps.length);
      }
      expect(lengths).toEqual(lengths.toSorted((a, b) => a - b));
      return lengths;
    };
    const polls = ids.flatMap((id) => [poll(id), poll(id)]);
    const all = await Promise.all(
      streams.map(async (stream, index) => {
        const events = await stream;
        ended.add(ids[Math.floor(index / 2)]!);
        return events;
      }),
    );
    for (const events of all) expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    for (const [index, events] of all.entries()) expect(events).toEqual(all[index - (index % 2)]);
    expect((await Promise.all(polls)).flat().length).toBeGreaterThan(20);
  });

  test('a client that is cut again and again gets every event exactly once', async () => {
    await begin({ gated: false });
    const id = await submit();
    const seen: WorkOrderEvent[] = [];
    for (let ended = false; !ended;) {
      for await (const event of api.events(id, seen.at(-1)?.seq ?? null)) {
        seen.push(event);
        ended = event.type === 'work_order_completed';
        // Two at a time, then the connection is dropped.
        if (seen.length % 2 === 0) break;
      }
    }
    expect(seen.map(({ seq }) => seq)).toEqual(seen.map((_, index) => index + 1));
    const again = await api.get(`/agent-work-orders/${id}/events`, {
      accept: 'text/event-stream',
      'last-event-id': `${seen.length}`,
    });
    expect(again.status).toBe(204);
  });
});
