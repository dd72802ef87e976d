import { describe, expect, test } from 'vitest';
import { DailyBudgetsSchema } from '../../src/contract/budget.ts';
import { ProblemSchema } from '../../src/contract/problem.ts';
import { WorkOrderSchema } from '../../src/contract/work-order.ts';
import { Budgets } from '../../src/engine/budgets.ts';
import { systemClock } from '../../src/process/clock.ts';
import { createApp } from '../../src/http/app.ts';
import { startParts } from './support.ts';

const BODY = { repository_url: 'https://example.test/shop.git', user_request: 'Add a dark mode' };
const post = (body: unknown) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

async function faultsOf(response: Response) {
  const { status, code, errors = [] } = ProblemSchema.parse(await response.json());
  return [status, code, errors.map(({ path }) => path)];
}

describe('a budget of a new work order', () => {
  test('is shown with what was spent and what is left', async () => {
    await using service = await startParts();
    const created = await service.app.request('/agent-work-orders', post({ ...BODY, budget: { cost_usd: 2 } }));
    expect(created.status).toBe(201);
    const location = created.headers.get('location') ?? '';
    expect(WorkOrderSchema.parse(await (await service.app.request(location)).json())).toMatchObject({
      budget: { cost_usd: 2, tokens: null, minutes: null },
      spent: { cost_usd: 0, tokens: 0, minutes: 0 },
      budget_left: { cost_usd: 2, tokens: null, minutes: null },
    });
  });

  test.each([
    [{}, ['budget']],
    [{ cost: 2 }, ['budget', 'budget']],
    [{ cost_usd: 0 }, ['budget.cost_usd']],
    [{ cost_usd: '2' }, ['budget.cost_usd']],
    [{ tokens: 1.5, minutes: -1 }, ['budget.tokens', 'budget.minutes']],
  ])('%j is refused, and the field is named', async (budget, paths) => {
    await using service = await startParts();
    const response = await service.app.request('/agent-work-orders', post({ ...BODY, budget }));
    expect(await faultsOf(response)).toEqual([422, 'invalid_request', paths]);
  });
});

describe('POST …/budget', () => {
  test('changes it, says who, and is an event', async () => {
    await using service = await startParts();
    const id = await service.engine.create();
    const path = `/agent-work-orders/${id}/budget`;
    const until = '2100-01-01T01:00:00+01:00';
    const response = await service.app.request(path, post({ budget: { tokens: 900 }, until, reason: 'nearly done' }));
    expect(response.status).toBe(200);
    expect(WorkOrderSchema.parse(await response.json())).toMatchObject({
      budget: null,
      budget_override: { budget: { tokens: 900 }, until: '2100-01-01T00:00:00.000Z', by: 'api' },
      budget_left: { tokens: 900 },
    });
    const [event] = (await service.store.events({ workOrderId: id, after: 0, limit: 10 })).slice(-1);
    expect(event).toMatchObject({ type: 'budget_changed', data: { by: 'api', reason: 'nearly done' } });
  });

  test.each([
    [{}, ['budget']],
    [{ budget: {} }, ['budget']],
    [{ budget: { tokens: 0 } }, ['budget.tokens']],
    [{ beyond_daily: 'yes' }, ['beyond_daily']],
    [{ beyond_daily: true, until: 'tomorrow' }, ['until']],
    [{ beyond_daily: true, until: '2020-01-01T00:00:00Z' }, ['until']],
    [{ beyond_daily: true, by: '' }, ['by']],
  ])('%j is refused, and the field is named', async (body, paths) => {
    await using service = await startParts();
    const id = await service.engine.create();
    const response = await service.app.request(`/agent-work-orders/${id}/budget`, post(body));
    expect(await faultsOf(response)).toEqual([422, 'invalid_request', paths]);
  });

  test('is 404 for one that is not there', async () => {
    await using service = await startParts();
    const response = await service.app.request('/agent-work-orders/wo-00000000/budget', post({ beyond_daily: true }));
    expect((await faultsOf(response)).slice(0, 2)).toEqual([404, 'work_order_not_found']);
  });
});

test('the day shows what has ended on it, of the service and of a repository', async () => {
  await using service = await startParts();
  const settings = {
    workOrder: null,
    repositoryDay: { cost_usd: 10, tokens: null, minutes: null },
    serviceDay: { cost_usd: null, tokens: 5_000, minutes: null },
  };
  const budgets = new Budgets({ store: service.store, clock: systemClock, settings });
  const app = createApp({ ...service.dependencies, budgets });
  const id = await service.engine.create();
  await service.engine.tell(id, { type: 'start' });
  const usage = { input_tokens: 900, output_tokens: 100, cost_usd: 0.25 };
  await service.engine.runStep(id, 'classify', { usage, duration_seconds: 30 });
  const read = async (query: string) => DailyBudgetsSchema.parse(await (await app.request(`/budget${query}`)).json());
  const spent = { cost_usd: 0.25, tokens: 1_000, minutes: 0.5 };
  const here = await read(`?repository_url=${encodeURIComponent('https://example.test/shop')}`);
  expect(here).toMatchObject({
    service: { spent, left: { cost_usd: null, tokens: 4_000 } },
    repository: { spent, left: { cost_usd: 9.75, tokens: null } },
  });
  expect(await read('')).toMatchObject({ service: { spent }, repository: null });
  const elsewhere = await read(`?repository_url=${encodeURIComponent('https://example.test/other')}`);
  expect(elsewhere.repository).toMatchObject({ spent: { cost_usd: 0, tokens: 0, minutes: 0 }, left: { cost_usd: 10 } });
});

describe('why', () => {
  const waiting = {
    type: 'wait',
    reason: 'quota',
    detail: 'It is spent.',
    until: null,
    budget: 'service_day',
  } as const;
  test('says which budget, what was spent, and the command to go on', async () => {
    await using service = await startParts();
    const diagnosisOf = async (id: string) =>
      (await service.app.request(`/agent-work-orders/${id}/diagnosis`)).json() as Promise<{
        readonly summary: string;
        readonly reason: string;
        readonly evidence: readonly { readonly what: string; readonly text: string; readonly source: string }[];
        readonly remedies: readonly { readonly command: string | null }[];
      }>;
    const waits = await service.engine.create();
    await service.engine.tell(waits, { type: 'start' });
    await service.engine.tell(waits, waiting);
    const { evidence, remedies } = await diagnosisOf(waits);
    expect(remedies.map(({ command }) => command)).toEqual([
      `awo budget ${waits} --beyond-daily`,
      `awo resume ${waits}`,
    ]);
    for (const { source } of evidence) expect((await service.app.request(source)).status).toBe(200);

    const fails = await service.engine.create();
    const limits = { limits: { cost_usd: 1 }, beyond_daily: null, by: 'ada', until: null, reason: null };
    await service.engine.tell(fails, { type: 'change_budget', ...limits });
    await service.engine.tell(fails, { type: 'start' });
    const usage = { input_tokens: 1, output_tokens: 1, cost_usd: 1 };
    await service.engine.runStep(fails, 'classify', { usage, duration_seconds: 60 });
    const error_message = 'The budget of the work order is spent: $1.00 of $1.00.';
    await service.engine.tell(fails, { type: 'fail', error_code: 'budget_exhausted', error_message });
    const failed = await diagnosisOf(fails);
    expect([failed.summary, failed.reason]).toEqual([`It failed at plan: ${error_message}`, 'budget_exhausted']);
    expect(failed.evidence).toContainEqual(
      expect.objectContaining({ what: 'spent', text: '$1.00 of $1.00, 2 tokens, 1 min' }),
    );
    expect(failed.remedies.map(({ command }) => command)).toEqual([
      `awo budget ${fails} --cost 2`,
      `awo retry ${fails}`,
    ]);
  });
});
