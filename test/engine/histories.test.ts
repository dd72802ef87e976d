import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { decide } from '../../src/domain/decide.ts';
import type { NewEvent, WorkOrderEvent } from '../../src/domain/event.ts';
import { project } from '../../src/domain/project.ts';
import { nextStep } from '../../src/domain/work-order.ts';
import { openSqliteStore } from '../../src/stores/sqlite.ts';

/** One event log a release: what an earlier version has written must load, and be taken up, for ever. */
const FOLDER = resolve(import.meta.dirname, '../histories');
const files = (await readdir(FOLDER)).filter((file) => file.endsWith('.jsonl'));

test('there are golden histories', () => expect(files.length).toBeGreaterThan(0));

test.each(files)('%s loads, and every prefix of it can be taken up', async (file) => {
  const lines = (await readFile(join(FOLDER, file), 'utf8')).trim().split('\n');
  const events = lines.map((line) => JSON.parse(line) as WorkOrderEvent);
  const workOrderId = events[0]!.agent_work_order_id;
  const directory = await mkdtemp(join(tmpdir(), 'awo-histories-'));
  const store = await openSqliteStore({ file: join(directory, 'work-orders.db'), readOnly: false });
  try {
    const [created, ...later] = events.map(({ type, occurred_at, data }) => ({ type, occurred_at, data }) as NewEvent);
    await store.create({ workOrderId, event: created!, idempotency: null });
    let takenUp = 0;
    for (const [index, event] of later.entries()) {
      await store.append({ workOrderId, expectedSeq: index + 1, epoch: null, events: [event] });
      const workOrder = await store.workOrder({ workOrderId });
      expect(workOrder).toEqual(project(events.slice(0, index + 2), workOrderId));
      if (workOrder?.status !== 'running') continue;
      const step = nextStep(workOrder);
      if (workOrder.in_progress || !step) continue;
      const next = { type: 'start_attempt', at: event.occurred_at, step } as const;
      expect(decide(next, workOrder)).toMatchObject([{ type: 'attempt_started', data: { step } }]);
      takenUp += 1;
    }
    expect(takenUp).toBeGreaterThan(5);
    expect(await store.workOrder({ workOrderId })).toMatchObject({ status: 'completed', outcome: 'branch_pushed' });
  } finally {
    await store[Symbol.asyncDispose]();
    await rm(directory, { recursive: true });
  }
});
