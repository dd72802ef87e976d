import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ReclaimedSchema } from '../../src/contract/reclaim.ts';
import { TERMINAL_EVENT_TYPES } from '../../src/domain/event.ts';
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

beforeEach(async () => {
  place = makeWorkPlace({ gated: true });
  service = await startService(place.configuration(), { log: quietLog });
  api = apiOf(service.url);
});
afterEach(async () => {
  await service.stop();
  place[Symbol.dispose]();
});

const folderOf = (id: string) => join(place.dataDirectory, 'work-orders', id);

async function toItsEnd(): Promise<string> {
  const id = await api.submit({ repository_url: place.repository, user_request: 'Keep a list' });
  await api.untilEnd(id);
  return id;
}

async function gc(body: unknown) {
  const response = await api.post('/service/gc', body);
  expect(response.status).toBe(200);
  const { freed_bytes, folders } = ReclaimedSchema.parse(await response.json());
  return {
    freed_bytes,
    stays: Object.fromEntries(folders.map((each) => [each.agent_work_order_id, each.kept_because])),
  };
}

test('what was delivered goes when it is old enough, what was not pushed only when told, and the history stays', async () => {
  place.open('classify', 'plan', 'implement');
  const delivered = await toItsEnd();
  place.open('fail-implement');
  const failed = await toItsEnd();
  mkdirSync(folderOf('wo-nobodys0'));

  expect((await gc({})).stays).toEqual({
    [delivered]: 'It has ended not long ago.',
    [failed]: 'It has ended not long ago.',
  });
  const wished = await gc({ older_than_days: 0, dry_run: true });
  expect(wished.stays).toEqual({ [delivered]: null, [failed]: 'It holds work that was not pushed.' });
  expect(wished.freed_bytes).toBeGreaterThan(0);
  expect(existsSync(folderOf(delivered))).toBe(true);

  expect(await gc({ older_than_days: 0 })).toEqual(wished);
  expect([delivered, failed, 'wo-nobodys0'].map((id) => existsSync(folderOf(id)))).toEqual([false, true, true]);
  expect((await api.workOrder(delivered)).status).toBe('completed');
  expect((await api.steps(delivered)).steps).toHaveLength(7);
  await gc({ older_than_days: 0, unpushed: true });
  expect(existsSync(folderOf(failed))).toBe(false);
});

test('one that is cleared away can be retried from its first step, and says why from no other', async () => {
  place.open('classify', 'plan', 'implement');
  const id = await toItsEnd();
  await gc({ older_than_days: 0 });
  const again = async (from_step: string) => {
    const { last_seq } = await api.workOrder(id);
    await api.post(`/agent-work-orders/${id}/retry`, { from_step });
    for await (const { type } of api.events(id, last_seq)) if (TERMINAL_EVENT_TYPES.has(type)) break;
    return api.workOrder(id);
  };
  expect(await again('commit')).toMatchObject({ status: 'failed', error_code: 'sandbox_failed' });
  expect(await again('classify')).toMatchObject({ status: 'completed', outcome: 'branch_pushed' });
});
