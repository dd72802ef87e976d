import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ScriptedService } from '../testing/scripted-service.ts';
import { aWorkOrderView } from '../testing/work-order-view.ts';
import { WorkOrderChanges } from './work-order-changes.ts';

const STREAM = 'GET /events?after=latest';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('reads each work order to which something happens again, one request at a time', async () => {
  const service = new ScriptedService();
  for (const id of ['wo-a', 'wo-b']) {
    service.on(`GET /agent-work-orders/${id}`, aWorkOrderView({ agent_work_order_id: id, last_seq: 7 }));
  }
  const changes = new WorkOrderChanges();
  const stop = changes.subscribe(() => {});
  await vi.waitUntil(() => changes.getView().connection.state === 'live');
  for (const id of ['wo-a', 'wo-b', 'wo-a', 'wo-b']) service.say(1, { agent_work_order_id: id });
  await vi.advanceTimersByTimeAsync(10);
  expect(service.asked).toEqual([STREAM, 'GET /agent-work-orders/wo-a']);
  await vi.advanceTimersByTimeAsync(250);
  expect(service.asked).toHaveLength(3);
  expect([...changes.getView().changed.keys()]).toEqual(['wo-a', 'wo-b']);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(service.asked).toHaveLength(3);
  stop();
});

test('asks again for one that could not be read', async () => {
  const service = new ScriptedService();
  service.refuse('GET /agent-work-orders/wo-a', { status: 503, code: 'store_unavailable' });
  const changes = new WorkOrderChanges();
  const stop = changes.subscribe(() => {});
  await vi.waitUntil(() => changes.getView().connection.state === 'live');
  service.say(1, { agent_work_order_id: 'wo-a' });
  await vi.advanceTimersByTimeAsync(10);
  service.on('GET /agent-work-orders/wo-a', aWorkOrderView({ agent_work_order_id: 'wo-a' }));
  expect(changes.getView().changed.size).toBe(0);
  await vi.advanceTimersByTimeAsync(2_000);
  expect([...changes.getView().changed.keys()]).toEqual(['wo-a']);
  stop();
});

test('after a break it is opened anew, without the id of the last message: the lists are read again', async () => {
  const service = new ScriptedService();
  const changes = new WorkOrderChanges();
  const stop = changes.subscribe(() => {});
  await vi.waitUntil(() => changes.getView().openings === 1);
  service.say(41, { agent_work_order_id: 'wo-a' });
  const sent = vi.spyOn(globalThis, 'fetch');
  service.cut();
  await vi.advanceTimersByTimeAsync(1_500);
  expect(changes.getView().openings).toBe(2);
  const again = sent.mock.calls.find(([path]) => path === '/events?after=latest');
  expect(again?.[1]?.headers).not.toHaveProperty('last-event-id');
  stop();
});

test('where too much happens at once the lists are read again in place of each one', async () => {
  const service = new ScriptedService();
  const changes = new WorkOrderChanges();
  const stop = changes.subscribe(() => {});
  await vi.waitUntil(() => changes.getView().openings === 1);
  for (let index = 0; index < 30; index += 1) service.say(index, { agent_work_order_id: `wo-${index}` });
  await vi.waitUntil(() => changes.getView().openings > 1);
  await vi.advanceTimersByTimeAsync(0);
  expect(service.asked.filter((route) => route.startsWith('GET /agent-work-orders/')).length).toBeLessThan(15);
  stop();
});
