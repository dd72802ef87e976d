import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { WorkOrderEvent } from '../../src/domain/event.ts';
import type { RunningService } from '../../src/server.ts';
import { startService } from '../../src/server.ts';
import type { AddedRepository, FakeGithub } from '../fake-github/server.ts';
import { startFakeGithub } from '../fake-github/server.ts';
import { apiOf } from '../suites/api.ts';
import { ManualClock } from '../suites/manual-clock.ts';
import { quietLog } from '../suites/quiet-log.ts';
import type { WorkPlace } from '../suites/work-place.ts';
import { makeWorkPlace } from '../suites/work-place.ts';

const VARIABLE = 'TOKEN_OF_WAITING';
const TEN_MINUTES_MS = 600_000;

let place: WorkPlace;
let github: FakeGithub;
let engine: AddedRepository;
let clock: ManualClock;
let service: RunningService;

const start = () =>
  startService(
    place.configuration({
      forges: [{ host: github.host, kind: 'github', apiUrl: github.apiUrl, tokenEnvironment: VARIABLE }],
    }),
    { clock, log: quietLog },
  );
const submit = () => apiOf(service.url).submit({ repository_url: engine.url, user_request: 'Keep a list' });
const isWaiting = ({ type }: WorkOrderEvent) => type === 'work_order_waiting';

beforeEach(async () => {
  place = makeWorkPlace({ gated: false });
  github = await startFakeGithub({ directory: join(place.directory, 'github') });
  github.addToken('token-of-waiting');
  process.env[VARIABLE] = 'token-of-waiting';
  engine = await github.addRepository('engine', { isPrivate: true });
  clock = new ManualClock();
  service = await start();
});
afterEach(async () => {
  await service.stop();
  delete process.env[VARIABLE];
  await github[Symbol.asyncDispose]();
  place[Symbol.dispose]();
  expect(github.violations).toEqual([]);
});

/** Puts the clock on to each time for which the work order waits, until `until` is true; returns what was waited for. */
async function waitOut(id: string, until: (detail: string) => boolean): Promise<readonly string[]> {
  const waits: string[] = [];
  for await (const event of apiOf(service.url).events(id)) {
    if (event.type !== 'work_order_waiting') continue;
    const { waiting_reason, until: time, detail } = event.data;
    waits.push(waiting_reason);
    if (until(detail)) break;
    clock.advanceTo(time ?? '');
  }
  return waits;
}

test('a forge that is away for ten minutes is waited for, and then one pull request is opened', async () => {
  github.fault({ at: 'pulls/create', kind: 'bad_gateway' });
  const id = await submit();
  const begun = clock.now().getTime();
  const waits = await waitOut(id, () => clock.now().getTime() - begun > TEN_MINUTES_MS);
  const waiting = await apiOf(service.url).workOrder(id);
  expect(waiting).toMatchObject({ status: 'waiting', waiting_reason: 'forge' });
  expect(waiting.waiting_detail).toContain('answers 502');
  expect(new Set(waits)).toEqual(new Set(['forge']));
  expect(engine.repository.pulls).toEqual([]);

  github.clearFaults();
  clock.advanceTo(waiting.waiting_until ?? '');
  await apiOf(service.url).untilEnd(id);
  expect(await apiOf(service.url).workOrder(id)).toMatchObject({
    status: 'completed',
    outcome: 'pull_request_opened',
    waiting_reason: null,
    waiting_until: null,
  });
  expect(engine.repository.pulls).toHaveLength(1);
  const { steps } = await apiOf(service.url).steps(id);
  const tries = steps.filter(({ step }) => step === 'create_pr');
  expect(tries.map(({ attempt }) => attempt)).toEqual(tries.map((_, index) => index + 1));
  expect(tries.length).toBe(waits.length + 1);
  // What was finished was not done again.
  expect(steps.filter(({ step }) => step === 'implement')).toHaveLength(1);
});

test('a git server that is away before anything is made is waited for too', async () => {
  github.fault({ at: 'repos/get', kind: 'cut', times: 4 });
  const id = await submit();
  const waits = await waitOut(id, () => true);
  expect(waits).toEqual(['forge']);
  expect((await apiOf(service.url).workOrder(id)).sandbox_identifier).toBeNull();
  clock.advance(60_000);
  await apiOf(service.url).untilEnd(id);
  expect((await apiOf(service.url).workOrder(id)).outcome).toBe('pull_request_opened');
});

test('waiting outlasts the service, and holds no run', async () => {
  github.fault({ at: 'pulls/create', kind: 'bad_gateway' });
  const id = await submit();
  await apiOf(service.url).until(id, isWaiting);
  await service.stop();
  github.clearFaults();
  service = await start();
  expect((await apiOf(service.url).workOrder(id)).status).toBe('waiting');
  clock.advance(60_000);
  await apiOf(service.url).untilEnd(id);
  expect(engine.repository.pulls).toHaveLength(1);
});

test('the limit of the forge is waited for until it is lifted, or told when that is too far away', async () => {
  github.fault({ at: 'pulls/create', kind: 'rate_limited' });
  const id = await submit();
  await apiOf(service.url).untilEnd(id);
  const { error_code, error_message } = await apiOf(service.url).workOrder(id);
  expect(error_code).toBe('forge_unavailable');
  expect(error_message).toContain('It is lifted at 2040-01-01T00:00:00.000Z');
  const { steps } = await apiOf(service.url).steps(id);
  expect(steps.at(-1)).toMatchObject({ step: 'create_pr', limit_resets_at: '2040-01-01T00:00:00.000Z' });
});

test('one that waits can be cancelled, and says where its work is kept', async () => {
  github.fault({ at: 'pulls/create', kind: 'bad_gateway' });
  const id = await submit();
  await apiOf(service.url).until(id, isWaiting);
  expect((await apiOf(service.url).post(`/agent-work-orders/${id}/cancel`)).ok).toBe(true);
  const events = await apiOf(service.url).untilEnd(id);
  expect(events.slice(-3).map(({ type }) => type)).toEqual([
    'work_order_cancel_requested',
    'note',
    'work_order_cancelled',
  ]);
  const kept = join(place.dataDirectory, 'work-orders', id, 'tree');
  expect(events.at(-2)?.data).toMatchObject({ code: 'sandbox_kept', message: expect.stringContaining(kept) });
  expect(existsSync(kept)).toBe(true);
  expect(engine.repository.pulls).toEqual([]);
});

describe('before anything is worked at', () => {
  test('a token that may not push is noticed', async () => {
    github.addToken('token-that-reads', { canPush: false });
    process.env[VARIABLE] = 'token-that-reads';
    const id = await submit();
    const events = await apiOf(service.url).untilEnd(id);
    expect(events.filter(({ type }) => type === 'attempt_prompted')).toEqual([]);
    const { error_code, error_message } = await apiOf(service.url).workOrder(id);
    expect([error_code, error_message]).toEqual([
      'forge_permission_missing',
      expect.stringContaining('may read ada/engine, but not push'),
    ]);
  });

  test('a public repository without a token is noticed', async () => {
    delete process.env[VARIABLE];
    const open = await github.addRepository('open', {});
    const id = await apiOf(service.url).submit({ repository_url: open.url, user_request: 'Keep a list' });
    await apiOf(service.url).untilEnd(id);
    const { error_code, error_message } = await apiOf(service.url).workOrder(id);
    expect([error_code, error_message]).toEqual(['forge_auth_required', expect.stringContaining(VARIABLE)]);
  });
});
