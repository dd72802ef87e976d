import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HealthSchema } from '../../src/contract/health.ts';
import { decide } from '../../src/domain/decide.ts';
import type { WorkOrderId } from '../../src/domain/ids.ts';
import { openSqliteStore } from '../../src/stores/sqlite.ts';
import { apiOf } from '../suites/api.ts';
import { makeWorkPlace } from '../suites/work-place.ts';
import { startServiceProcess } from './killed-service.ts';

test('a service that was stopped while another owner took over wakes up, and writes nothing', async () => {
  using place = makeWorkPlace({ gated: true });
  let id: string;
  let taken: readonly unknown[];
  {
    await using asleep = await startServiceProcess(place.configuration());
    const api = apiOf(asleep.url);
    id = await api.submit({ repository_url: place.repository, user_request: 'Keep a list' });
    await api.untilLogged(id, 'working on classify');
    process.kill(asleep.pid, 'SIGSTOP');
    taken = await takeOver(join(place.dataDirectory, 'work-orders.db'), id as WorkOrderId);
    // Its agent ends meanwhile, so that it has something to write as soon as it wakes up.
    place.open('classify', 'plan', 'implement');
    process.kill(asleep.pid, 'SIGCONT');
    while (await isRunning(asleep.url));
    expect(await api.savedEvents(id)).toEqual(taken);
    expect(place.livingAgents()).toEqual([]);
    expect(place.branches()).toEqual(['main']);
    await asleep.kill();
  }
  await using awake = await startServiceProcess(place.configuration());
  const events = await apiOf(awake.url).untilEnd(id);
  expect(events.slice(0, taken.length)).toEqual(taken);
  expect(events.at(-1)).toMatchObject({ type: 'work_order_completed', data: { outcome: 'branch_pushed' } });
  expect(place.branches()).toHaveLength(2);
});

/** Claims a work order as another service would, and writes to it; returns its events. */
async function takeOver(file: string, workOrderId: WorkOrderId): Promise<readonly unknown[]> {
  await using store = await openSqliteStore({ file, readOnly: false });
  const at = new Date().toISOString();
  const claim = await store.claim({ workOrderId, owner: 'another', at });
  if (!claim) throw new Error('there is nothing to take over');
  const { workOrder, epoch } = claim;
  const note = { type: 'note', code: 'taken_over', message: 'Another owner is here.' } as const;
  const events = decide({ ...note, at }, workOrder);
  await store.append({ workOrderId, expectedSeq: workOrder.last_seq, epoch, events });
  return store.events({ workOrderId, after: 0, limit: 1_000 });
}

async function isRunning(url: string): Promise<boolean> {
  return HealthSchema.parse(await (await apiOf(url).get('/health')).json()).running !== 0;
}
