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

let place: WorkPlace;
let service: RunningService;
let api: Api;
let clock: ManualClock;

/** Claude Code is the scripted agent, which stops in the middle of `implement` until it is told of work that was begun. */
async function start(
  { stops }: { readonly stops: 'limited' | 'crashed' | 'idle' | '' },
  configuration: Partial<Configuration> = {},
): Promise<void> {
  place = makeWorkPlace({ gated: false, agent: { AGENT_STOPS: stops } });
  clock = new ManualClock();
  await startAgain(configuration);
}

async function startAgain(configuration: Partial<Configuration> = {}): Promise<void> {
  const { agentCommand } = place.configuration();
  const asClaude = { agent: 'claude' as const, claudeCliPath: agentCommand ?? '' };
  service = await startService(place.configuration({ ...asClaude, ...configuration }), { clock, log: quietLog });
  api = apiOf(service.url);
}

/** For the scripted one there is no model; the check of the adapter wants a login. */
const KEY = 'ANTHROPIC_API_KEY';

beforeEach(() => {
  process.env[KEY] = 'a-key-without-a-model';
});
afterEach(async () => {
  delete process.env[KEY];
  await service.stop();
  expect(place.livingAgents()).toEqual([]);
  place[Symbol.dispose]();
});

const submit = () => api.submit({ repository_url: place.repository, user_request: 'Keep a list' });
const isWaiting = ({ type }: WorkOrderEvent) => type === 'work_order_waiting';

async function implementOf(id: string) {
  const { steps } = await api.steps(id);
  return steps.filter(({ step }) => step === 'implement');
}

const promptsOf = async (id: string) =>
  (await api.savedEvents(id)).flatMap((event) =>
    event.type === 'attempt_prompted' && event.data.step === 'implement' ? [event.data] : [],
  );

const lastPrompt = async (id: string) => (await api.get(`/agent-work-orders/${id}/steps/implement/prompt`)).text();

async function deliveredList(id: string): Promise<readonly string[]> {
  const { git_commit } = await api.workOrder(id);
  return place.git('show', `${git_commit}:list.txt`).split('\n');
}

async function retry(id: string, body: object): Promise<{ readonly status: number; readonly detail: string }> {
  const response = await api.post(`/agent-work-orders/${id}/retry`, body);
  const { detail = '' } = (await response.json()) as { detail?: string };
  return { status: response.status, detail };
}

async function endAfter(id: string, seq: number): Promise<void> {
  for await (const event of api.events(id, seq)) if (TERMINAL_EVENT_TYPES.has(event.type)) return;
}

describe('an attempt that met a limit in the middle of its work', () => {
  test('is gone on with when the limit is over, in its session', async () => {
    await start({ stops: 'limited' });
    const id = await submit();
    await api.until(id, isWaiting);
    clock.advanceTo((await api.workOrder(id)).waiting_until ?? '');
    await api.untilEnd(id);
    const [first, second] = await implementOf(id);
    expect([first?.error_code, second?.status]).toEqual(['agent_rate_limited', 'succeeded']);
    expect(await deliveredList(id)).toEqual(['a line', 'one more line', 'one more line']);
    const [before, after] = await promptsOf(id);
    expect(before).not.toHaveProperty('continued_attempt');
    expect(after).toMatchObject({
      attempt: 2,
      from_checkpoint: first?.checkpoint,
      continued_attempt: 1,
      resumed_session_id: 'session-implement',
    });
    expect(await lastPrompt(id)).toContain('An earlier attempt at this was cut short');
  });

  test('is gone on with by another agent, without its session', async () => {
    await start({ stops: 'limited' }, { fallbackAgents: ['command'] });
    const id = await submit();
    await api.untilEnd(id);
    expect((await implementOf(id)).map(({ agent, status }) => [agent, status])).toEqual([
      ['claude', 'failed'],
      ['command', 'succeeded'],
    ]);
    expect(await deliveredList(id)).toEqual(['a line', 'one more line', 'one more line']);
    expect((await promptsOf(id))[1]).toMatchObject({ continued_attempt: 1, resumed_session_id: null });
  });

  test('is gone on with after a restart of the service', async () => {
    await start({ stops: 'limited' });
    const id = await submit();
    await api.until(id, isWaiting);
    const { waiting_until } = await api.workOrder(id);
    await service.stop();
    clock.advanceTo(waiting_until ?? '');
    await startAgain();
    await api.untilEnd(id);
    expect(await deliveredList(id)).toEqual(['a line', 'one more line', 'one more line']);
  });
});

test('an attempt that is ended with the service is gone on with', async () => {
  await start({ stops: 'idle' });
  const id = await submit();
  await api.untilLogged(id, 'Half of it is done.');
  await service.stop();
  await startAgain();
  await api.untilEnd(id);
  expect((await implementOf(id)).map(({ status }) => status)).toEqual(['interrupted', 'succeeded']);
  expect(await deliveredList(id)).toEqual(['a line', 'one more line', 'one more line']);
});

describe('a retry after a failure that does not pass', () => {
  test('begins at the start of the step', async () => {
    await start({ stops: 'crashed' });
    const id = await submit();
    const { length: seq } = await api.untilEnd(id);
    expect((await retry(id, {})).status).toBe(202);
    await endAfter(id, seq);
    const [, second] = await implementOf(id);
    expect(second).toMatchObject({ error_code: 'agent_crashed', changes: { lines_added: 4 } });
    expect((await promptsOf(id))[1]).not.toHaveProperty('continued_attempt');
    expect(await lastPrompt(id)).not.toContain('An earlier attempt');
  });

  test('goes on with the work where that is to be kept', async () => {
    await start({ stops: 'crashed' });
    const id = await submit();
    const { length: seq } = await api.untilEnd(id);
    expect(await retry(id, { keep_work: true })).toMatchObject({ status: 202 });
    await endAfter(id, seq);
    expect(await deliveredList(id)).toEqual(['a line', 'one more line', 'one more line']);
    const reopened = (await api.savedEvents(id)).find(({ type }) => type === 'work_order_reopened');
    const [first] = await implementOf(id);
    expect((await promptsOf(id))[1]).toMatchObject({ continued_attempt: 1, resumed_session_id: null });
    expect(reopened?.data).toMatchObject({ kept_attempt: 1, checkpoint: first?.checkpoint });
  });

  test('is refused where there is no work to keep, and changes nothing', async () => {
    await start({ stops: '' });
    const id = await submit();
    const { length: seq } = await api.untilEnd(id);
    for (const from_step of ['implement', 'plan'])
      expect(await retry(id, { from_step, keep_work: true })).toMatchObject({
        status: 409,
        detail: expect.stringContaining('retry without keep_work'),
      });
    expect((await retry(id, { keep_work: 'yes' })).status).toBe(422);
    expect((await api.workOrder(id)).last_seq).toBe(seq);
  });
});
