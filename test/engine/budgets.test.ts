import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Configuration } from '../../src/contract/configuration.ts';
import type { WorkOrderEvent } from '../../src/domain/event.ts';
import { TERMINAL_EVENT_TYPES } from '../../src/domain/event.ts';
import type { RunningService } from '../../src/server.ts';
import { startService } from '../../src/server.ts';
import type { Api } from '../suites/api.ts';
import { apiOf } from '../suites/api.ts';
import { ManualClock } from '../suites/manual-clock.ts';
import { quietLog } from '../suites/quiet-log.ts';
import type { WorkPlace } from '../suites/work-place.ts';
import { makeWorkPlace } from '../suites/work-place.ts';

/** For the scripted one there is no model; the check of the adapter wants a login. */
const KEY = 'ANTHROPIC_API_KEY';

let place: WorkPlace;
let service: RunningService;
let clock: ManualClock;
let api: Api;

/** The scripted agent as one that tells what it uses: half a dollar and twelve tokens a step. */
const asClaude = () => ({ agent: 'claude' as const, claudeCliPath: join(place.directory, 'bin/agent') });

async function start(changes: Partial<Configuration> = {}): Promise<void> {
  service = await startService(place.configuration({ ...asClaude(), ...changes }), { clock, log: quietLog });
  api = apiOf(service.url);
}

function makePlace({ spends }: { readonly spends?: string } = {}): void {
  place = makeWorkPlace({ gated: true, agent: spends === undefined ? {} : { AGENT_SPENDS: spends } });
}

beforeEach(() => {
  process.env[KEY] = 'a-key-without-a-model';
  // Noon, so that no test meets the end of a day that it does not want.
  clock = new ManualClock();
  clock.advanceTo(`${new Date().toISOString().slice(0, 10)}T12:00:00.000Z`);
});
afterEach(async () => {
  delete process.env[KEY];
  await service.stop();
  expect(place.livingAgents()).toEqual([]);
  place[Symbol.dispose]();
});

const submit = (more: Readonly<Record<string, unknown>> = {}) =>
  api.submit({ repository_url: place.repository, user_request: 'Keep a list', ...more });
const isWaiting = ({ type }: WorkOrderEvent) => type === 'work_order_waiting';

async function problemOf(response: Response) {
  const { code, detail, errors } = (await response.json()) as {
    readonly code?: string;
    readonly detail?: string;
    readonly errors?: readonly { readonly path: string }[];
  };
  return { status: response.status, code, detail, paths: errors?.map(({ path }) => path) };
}

async function untilEnd(id: string, after = 0): Promise<void> {
  for await (const { type } of api.events(id, after)) if (TERMINAL_EVENT_TYPES.has(type)) return;
}

async function untilWaiting(id: string, after = 0) {
  for await (const event of api.events(id, after)) if (isWaiting(event)) break;
  return api.workOrder(id);
}

const stepsOf = async (id: string) =>
  (await api.steps(id)).steps.map(({ step, status, error_code }) => [step, status, error_code]);

describe('the budget of a work order', () => {
  test('ends the agent that has spent it, and is raised before a retry', async () => {
    makePlace({ spends: 'implement:5000' });
    await start();
    place.open('classify', 'plan');
    const id = await submit({ budget: { tokens: 1_000 } });
    await untilEnd(id);
    expect(place.livingAgents()).toEqual([]);
    const failed = await api.workOrder(id);
    expect(failed).toMatchObject({
      status: 'failed',
      failed_step: 'implement',
      error_code: 'budget_exhausted',
      error_message: 'The budget of the work order is spent: 5024 tokens of 1000 tokens.',
      spent: { cost_usd: 1, tokens: 5_024 },
      budget_left: { cost_usd: null, tokens: 0, minutes: null },
    });
    const { steps } = await api.steps(id);
    expect(steps.at(-1)).toMatchObject({ step: 'implement', status: 'failed', error_code: 'budget_exhausted' });
    expect(steps.at(-1)?.usage).toMatchObject({ input_tokens: 5_000 });
    // What was made is told.
    const notes = (await api.savedEvents(id)).flatMap((event) => (event.type === 'note' ? [event.data.code] : []));
    expect(notes).toContain('sandbox_kept');

    const refused = await problemOf(await api.post(`/agent-work-orders/${id}/retry`));
    expect([refused.status, refused.code]).toEqual([409, 'budget_exhausted']);
    const raised = await api.post(`/agent-work-orders/${id}/budget`, { budget: { tokens: 20_000 }, by: 'ada' });
    expect([raised.status, await raised.json()]).toMatchObject([200, { status: 'failed', budget: { tokens: 20_000 } }]);
    place.open('implement');
    expect((await api.post(`/agent-work-orders/${id}/retry`)).status).toBe(202);
    await untilEnd(id, failed.last_seq);
    expect(await api.workOrder(id)).toMatchObject({ status: 'completed', spent: { cost_usd: 1.5 } });
  });

  test('that is lowered while the agent works ends it at the next look', async () => {
    makePlace({ spends: 'implement:5000' });
    await start();
    place.open('classify', 'plan');
    const id = await submit({ budget: { tokens: 100_000 } });
    await api.untilLogged(id, 'working on implement');
    await api.post(`/agent-work-orders/${id}/budget`, { budget: { tokens: 10 } });
    clock.advance(10_000);
    await untilEnd(id);
    expect((await api.workOrder(id)).error_code).toBe('budget_exhausted');
  });

  test('counts the minutes of attempts by the clock', async () => {
    makePlace();
    await start({ agent: 'command' });
    const id = await submit({ budget: { minutes: 30 } });
    await api.untilLogged(id, 'working on classify');
    clock.advance(31 * 60_000);
    await untilEnd(id);
    expect(await api.workOrder(id)).toMatchObject({ status: 'failed', error_code: 'budget_exhausted' });
    expect((await api.workOrder(id)).error_message).toMatch(
      /^The budget of the work order is spent: 31(\.\d)? min of 30 min\.$/,
    );
  });

  test('is told to a program that can hold itself to it, and what that makes of it is told in our words', async () => {
    makePlace();
    await start();
    place.open('classify', 'plan');
    const id = await submit({ budget: { cost_usd: 0.7 } });
    await untilEnd(id);
    expect(await api.workOrder(id)).toMatchObject({
      failed_step: 'plan',
      error_code: 'budget_exhausted',
      error_message: 'The budget of the work order is spent: $0.70 of $0.70.',
    });
  });

  test('that is spent begins no further agent, and what is made already is delivered', async () => {
    makePlace();
    await start();
    place.open('classify', 'plan', 'implement');
    const before = await submit({ budget: { tokens: 24 } });
    await untilEnd(before);
    expect(await stepsOf(before)).toEqual([
      ['classify', 'succeeded', null],
      ['plan', 'succeeded', null],
      ['find_plan', 'succeeded', null],
      ['generate_branch', 'succeeded', null],
    ]);
    expect(await api.workOrder(before)).toMatchObject({ failed_step: 'implement', error_code: 'budget_exhausted' });
    const after = await submit({ budget: { tokens: 36 } });
    await untilEnd(after);
    expect(await api.workOrder(after)).toMatchObject({ status: 'completed', spent: { cost_usd: 1.5, tokens: 36 } });
  });

  test('is refused where an agent does not tell what it limits, and told where it is a default', async () => {
    makePlace();
    await start({ agent: 'command', workOrderBudget: { costUsd: 3 } });
    place.open('classify', 'plan', 'implement');
    const named = { repository_url: place.repository, user_request: 'Keep a list' };
    const refused = await problemOf(
      await api.post('/agent-work-orders', { ...named, budget: { cost_usd: 1, tokens: 9, minutes: 5 } }),
    );
    expect([refused.status, refused.paths]).toEqual([422, ['budget.cost_usd', 'budget.tokens']]);
    const id = await submit();
    await untilEnd(id);
    expect((await api.workOrder(id)).budget).toEqual({ cost_usd: 3, tokens: null, minutes: null });
    const notes = (await api.savedEvents(id)).flatMap(({ type, data }) => (type === 'note' ? [data] : []));
    expect(notes).toMatchObject([
      {
        code: 'budget_not_counted',
        message: 'command does not tell what it costs: no budget of that holds its attempts.',
      },
    ]);
  });

  test('counts what an attempt had told that was cut by the end of the service', async () => {
    makePlace({ spends: 'classify:700' });
    await start();
    const id = await submit({ budget: { tokens: 100_000 } });
    await api.untilLogged(id, 'working on classify');
    await service.stop();
    await start();
    place.open('classify', 'plan', 'implement');
    await untilEnd(id);
    const { steps } = await api.steps(id);
    expect(steps[0]).toMatchObject({ status: 'interrupted', usage: { input_tokens: 700 } });
    expect((await api.workOrder(id)).spent.tokens).toBe(2 * 700 + 24 + 5);
  });
});

describe('the budget of a day', () => {
  test('is waited out, also by work orders that come later and over a restart', async () => {
    makePlace();
    const changes = { dailyBudget: { costUsd: 1 } };
    await start(changes);
    place.open('classify', 'plan', 'implement');
    const first = await submit();
    const waiting = await untilWaiting(first);
    const tomorrow = new Date(clock.now().getTime() + 12 * 3_600_000).toISOString().slice(0, 10);
    expect(waiting).toMatchObject({
      status: 'waiting',
      waiting_reason: 'quota',
      waiting_budget: 'service_day',
      waiting_until: `${tomorrow}T00:00:00.000Z`,
      waiting_detail: 'The budget of the service for this UTC day is spent: $1.00 of $1.00.',
    });
    expect(await stepsOf(first)).toHaveLength(4);
    const second = await submit();
    expect(await untilWaiting(second)).toMatchObject({ waiting_budget: 'service_day', sandbox_identifier: null });
    const today = await (await api.get(`/budget?repository_url=${encodeURIComponent(place.repository)}`)).json();
    expect(today).toMatchObject({
      service: { budget: { cost_usd: 1 }, spent: { cost_usd: 1, tokens: 24 }, left: { cost_usd: 0 } },
      repository: { budget: { cost_usd: null }, spent: { cost_usd: 1 }, left: { cost_usd: null } },
    });

    await service.stop();
    await start(changes);
    expect((await api.workOrder(first)).status).toBe('waiting');
    clock.advanceTo(waiting.waiting_until ?? '');
    await untilEnd(first, waiting.last_seq);
    expect(await api.workOrder(first)).toMatchObject({ status: 'completed', waiting_budget: null });
    const stopped = await untilWaiting(second, (await api.workOrder(second)).last_seq - 1);
    expect(stopped.waiting_until?.slice(0, 10)).not.toBe(tomorrow);
  });

  test('ends the agent that has spent it, which goes on at once when somebody lets it', async () => {
    makePlace({ spends: 'implement:5000' });
    await start({ repositoryDailyBudget: { tokens: 1_000 } });
    place.open('classify', 'plan');
    const id = await submit();
    const waiting = await untilWaiting(id);
    expect(place.livingAgents()).toEqual([]);
    expect(waiting).toMatchObject({ status: 'waiting', waiting_reason: 'quota', waiting_budget: 'repository_day' });
    expect((await api.steps(id)).steps.at(-1)).toMatchObject({
      error_code: 'budget_exhausted',
      limit_resets_at: waiting.waiting_until,
    });
    // It goes on in its session.
    place.open('implement-2');
    const let_ = { beyond_daily: true, by: 'ada', until: waiting.waiting_until, reason: 'it is urgent' };
    expect((await api.post(`/agent-work-orders/${id}/budget`, let_)).status).toBe(200);
    await untilEnd(id);
    const done = await api.workOrder(id);
    expect(done).toMatchObject({ status: 'completed', daily_override: { by: 'ada', until: waiting.waiting_until } });
    const changes = (await api.savedEvents(id)).filter(({ type }) => type === 'budget_changed');
    expect(changes).toMatchObject([{ data: { beyond_daily: true, by: 'ada', reason: 'it is urgent', budget: null } }]);
  });

  test('counts what runs beside a work order', async () => {
    makePlace({ spends: 'classify:600' });
    await start({ dailyBudget: { tokens: 1_000 } });
    const first = await submit();
    await api.untilLogged(first, 'working on classify');
    const second = await submit();
    expect(await untilWaiting(second)).toMatchObject({ waiting_budget: 'service_day' });
    // The first looks by its clock.
    clock.advance(10_000);
    expect(await untilWaiting(first)).toMatchObject({ waiting_budget: 'service_day' });
  });

  test('of a known repository goes before that of the configuration', async () => {
    makePlace();
    await start({ repositoryDailyBudget: { tokens: 1 } });
    place.open('classify', 'plan', 'implement');
    const known = { repository_url: place.repository, daily_budget: { tokens: 12 }, default_budget: { minutes: 9 } };
    expect((await api.post('/repositories', { ...known, verify: false })).status).toBe(201);
    const id = await submit();
    expect(await untilWaiting(id)).toMatchObject({
      waiting_budget: 'repository_day',
      waiting_detail: expect.stringContaining('12 tokens of 12 tokens'),
      budget: { cost_usd: null, tokens: null, minutes: 9 },
    });
  });
});

test('the tokens of one attempt are a limit of that attempt', async () => {
  makePlace({ spends: 'classify:600' });
  await start({ maxTokens: 500 });
  const id = await submit();
  await untilEnd(id);
  expect(await api.workOrder(id)).toMatchObject({
    error_code: 'agent_budget_limit',
    error_message: 'The budget of an attempt is spent: 600 tokens of 500 tokens.',
  });
});
