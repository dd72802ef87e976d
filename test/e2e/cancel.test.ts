import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { WorkOrderEvent } from '../../src/domain/event.ts';
import type { RunningService, ServiceOptions } from '../../src/server.ts';
import { startService } from '../../src/server.ts';
import { POINTS } from '../crash/points.ts';
import type { FakeGithub } from '../fake-github/server.ts';
import { startFakeGithub } from '../fake-github/server.ts';
import { program } from '../programs/run.ts';
import type { Api } from '../suites/api.ts';
import { apiOf } from '../suites/api.ts';
import { quietLog } from '../suites/quiet-log.ts';
import type { WorkPlace } from '../suites/work-place.ts';
import { makeWorkPlace } from '../suites/work-place.ts';

const VARIABLE = 'TOKEN_OF_CANCEL';
/** Three seconds are promised; a machine with other work may take longer. */
const WITHIN_MS = 15_000;

let place: WorkPlace;
let github: FakeGithub;
let service: RunningService;
let api: Api;

async function start(options: ServiceOptions = {}, agentCommand = place.configuration().agentCommand): Promise<void> {
  const forges = [{ host: github.host, kind: 'github', apiUrl: github.apiUrl, tokenEnvironment: VARIABLE } as const];
  service = await startService(place.configuration({ forges, agentCommand }), { log: quietLog, ...options });
  api = apiOf(service.url);
}

beforeEach(async () => {
  place = makeWorkPlace({ gated: false });
  github = await startFakeGithub({ directory: join(place.directory, 'github') });
  github.addToken('token-of-cancel');
  process.env[VARIABLE] = 'token-of-cancel';
});
afterEach(async () => {
  await service.stop();
  delete process.env[VARIABLE];
  await github[Symbol.asyncDispose]();
  place[Symbol.dispose]();
});

/** Cancels, and reads until the end; what lived of the agents in the moment in which the end was shown. */
async function cancelled(id: string) {
  const response = await api.post(`/agent-work-orders/${id}/cancel`);
  const events = await api.untilEnd(id);
  return { status: response.status, events, living: place.livingAgents() };
}

/** From the wish to the end, by the history itself. */
function tookMs(events: readonly WorkOrderEvent[]): number {
  const wish = events.find(({ type }) => type === 'work_order_cancel_requested');
  return Date.parse(events.at(-1)?.occurred_at ?? '') - Date.parse(wish?.occurred_at ?? '');
}

/** Those of steps that are like another one are left out. */
const MOMENTS = POINTS.filter((point) => !/:(?:plan|find_plan|generate_branch|commit)$/.test(point));

describe('a work order is cancelled at any moment', () => {
  test.each(MOMENTS)('at %s, and ends as the facts say', async (point) => {
    const held = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    await start({
      reach: async (reached, step) => {
        if (point !== reached && point !== `${reached}:${step ?? ''}`) return;
        held.resolve();
        await goOn.promise;
      },
    });
    const id = await api.submit({ repository_url: place.repository, user_request: 'Keep a list' });
    await held.promise;
    const ended = cancelled(id);
    await api.until(id, ({ type }) => type === 'work_order_cancel_requested');
    goOn.resolve();
    const { events, living } = await ended;

    // What is delivered is delivered: then the wish has come too late.
    const isDelivered = place.branches().length > 1;
    expect(events.at(-1)?.type).toBe(isDelivered ? 'work_order_completed' : 'work_order_cancelled');
    expect(living).toEqual([]);
    expect(tookMs(events)).toBeLessThan(WITHIN_MS);
    const { steps, in_progress } = await api.steps(id);
    expect(in_progress).toBeNull();
    expect(steps.filter(({ status }) => status === 'failed')).toEqual([]);
    // What was made and not delivered is kept, and told.
    const kept = events.some(({ type, data }) => type === 'note' && data.code === 'sandbox_kept');
    expect(existsSync(join(place.dataDirectory, 'work-orders', id, 'tree'))).toBe(kept);
    expect(leftBeside(id)).toEqual([]);
  });

  test.each([
    ['clone', false],
    ['push', true],
  ])('in the middle of a %s from a server that never answers', async (_what, push) => {
    const engine = await github.addRepository('engine', { isPrivate: true });
    const asked = Promise.withResolvers<void>();
    github.onGitRequest = (request) => {
      if (request.push !== push) return;
      asked.resolve();
      return new Promise(() => undefined);
    };
    await start();
    const id = await api.submit({ repository_url: engine.url, user_request: 'Keep a list' });
    await asked.promise;
    const { status, events } = await cancelled(id);
    expect(status).toBe(202);
    expect(events.at(-1)?.type).toBe('work_order_cancelled');
    expect(tookMs(events)).toBeLessThan(WITHIN_MS);
    expect(leftBeside(id)).toEqual([]);
  });

  test('while its agent ignores every request to end', async () => {
    await start({}, `'${process.execPath}' '${program('ignore-term.mjs')}' ${place.token}`);
    const id = await api.submit({ repository_url: place.repository, user_request: 'Keep a list' });
    await api.untilLogged(id, 'ready');
    expect(place.livingAgents().length).toBeGreaterThan(0);
    const { events, living } = await cancelled(id);
    expect(living).toEqual([]);
    expect(events.slice(-2)).toMatchObject([
      { type: 'attempt_finished', data: { status: 'cancelled' } },
      { type: 'work_order_cancelled' },
    ]);
    expect(tookMs(events)).toBeLessThan(WITHIN_MS);
  });
});

/** What is in the making or half removed beside the folders of work orders. */
function leftBeside(id: string): readonly string[] {
  const folder = join(place.dataDirectory, 'work-orders');
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.filter((name) => name !== id);
}
