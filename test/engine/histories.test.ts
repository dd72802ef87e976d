import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { decide } from '../../src/domain/decide.ts';
import type { NewEvent, WorkOrderEvent } from '../../src/domain/event.ts';
import { project } from '../../src/domain/project.ts';
import { nextStep } from '../../src/domain/work-order.ts';
import { openSqliteStore } from '../../src/stores/sqlite.ts';

/** One event log a release: what an earlier version has written must load, and be taken up, for ever. */
const FOLDER = resolve(import.meta.dirname, '../histories');
const files = (await readdir(FOLDER)).filter((file) => file.endsWith('.jsonl'));

const INTERRUPTED = {
  status: 'interrupted',
  output: null,
  output_truncated: false,
  answer: null,
  error_code: 'interrupted',
  limit_resets_at: null,
  checks: [],
  duration_seconds: 1,
  session_id: null,
  usage: null,
  checkpoint: null,
  changes: null,
} as const;

test('there are golden histories', () => expect(files.length).toBeGreaterThan(0));

const databases = (await readdir(FOLDER)).filter((file) => file.endsWith('.sql'));

test('there are golden databases', () => expect(databases.length).toBeGreaterThan(0));

test.each(databases)(
  'the database %s, in the middle of an attempt, is brought up to date and goes on',
  async (name) => {
    const directory = await mkdtemp(join(tmpdir(), 'awo-histories-'));
    const file = join(directory, 'work-orders.db');
    const old = new DatabaseSync(file);
    old.exec(await readFile(join(FOLDER, name), 'utf8'));
    old.close();
    const store = await openSqliteStore({ file, readOnly: false });
    try {
      const [running] = (await store.workOrders({ statuses: ['running'], limit: 10, cursor: null })).workOrders;
      const { agent_work_order_id: workOrderId, last_seq: expectedSeq } = running!;
      const events = await store.events({ workOrderId, after: 0, limit: 1_000 });
      expect(running).toEqual(project(events, workOrderId));
      expect(running).toMatchObject({ agent_chosen_by: 'request', step_agents: {}, in_progress: { step: 'plan' } });
      const result = { ...INTERRUPTED, error_message: 'The service ended in the middle of this attempt.' };
      const ended = decide({ type: 'finish_attempt', at: running!.updated_at, result }, running!);
      await store.append({ workOrderId, expectedSeq, epoch: null, events: ended });
      const { attempts } = (await store.stepHistory({ workOrderId }))!;
      expect(attempts.map(({ step, status, answer }) => [step, status, answer])).toEqual([
        ['classify', 'succeeded', null],
        ['plan', 'interrupted', null],
      ]);
      expect(await store.prompt({ workOrderId, step: 'plan', attempt: 1 })).toBe('the prompt of plan');
    } finally {
      await store[Symbol.asyncDispose]();
      await rm(directory, { recursive: true });
    }
  },
);

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
