import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { decide } from '../../src/domain/decide.ts';
import type { EventType } from '../../src/domain/event.ts';
import { Redactor } from '../../src/domain/redact.ts';
import { STEP_NAMES } from '../../src/domain/workflow.ts';
import { HistoryWriter } from '../../src/engine/history-writer.ts';
import type { TimelessCommand } from '../../src/domain/work-order.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Store } from '../../src/ports/store.ts';
import type { Log } from '../../src/ports/telemetry.ts';
import { openSqliteStore } from '../../src/stores/sqlite.ts';
import { refusingStore } from '../suites/refusing-store.ts';

const ID = 'wo-writer01';
const REQUEST = {
  repository_url: 'https://example.org/r.git',
  user_request: 'Do it',
  workflow_type: 'agent_workflow_plan',
  sandbox_type: 'git_worktree',
  github_issue_number: null,
  agent: 'demo',
  agent_chosen_by: 'request',
  repository_defaults: null,
  step_agents: {},
  model: null,
  base_branch: null,
  approvals: [],
} as const;

/** The mocked part: time passes as fast as somebody waits for it. */
const eagerClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  sleep: () => new Promise((resolve) => setImmediate(resolve)),
};
const NEVER = new AbortController().signal;

let directory: string;
let store: Store;
let logged: string[];
const log: Log = {
  debug: () => undefined,
  info: (event) => void logged.push(event),
  warn: (event) => void logged.push(event),
  error: (event) => void logged.push(event),
};

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'awo-writer-'));
  store = await openSqliteStore({ file: join(directory, 'work-orders.db'), readOnly: false });
  logged = [];
});
afterEach(async () => {
  await store[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

async function begin(through: Store) {
  const [event] = decide({ type: 'create', confinement: null, at: new Date().toISOString(), request: REQUEST }, null);
  await store.create({ workOrderId: ID, event: event!, idempotency: null });
  const claim = await store.claim({ workOrderId: ID, owner: 'test', at: new Date().toISOString() });
  const outdone: string[] = [];
  const writer = new HistoryWriter({
    store: through,
    clock: eagerClock,
    log,
    claim: claim!,
    redactor: new Redactor([]),
    workOrder: claim!.workOrder,
    onOutdone: () => outdone.push('outdone'),
  });
  return { writer, outdone };
}

const RESULT = {
  status: 'succeeded',
  output: 'done',
  output_truncated: false,
  answer: null,
  limit_resets_at: null,
  checks: [],
  error_code: null,
  error_message: null,
  session_id: null,
  usage: null,
  checkpoint: 'c',
  changes: null,
  duration_seconds: 1,
} as const;

const WHOLE_WORK_ORDER: readonly TimelessCommand[] = [
  { type: 'start' },
  ...STEP_NAMES.flatMap((step): TimelessCommand[] => [
    { type: 'start_attempt', step },
    { type: 'finish_attempt', result: RESULT },
  ]),
  { type: 'complete', outcome: 'branch_pushed' },
];
const WHOLE_TYPES: readonly EventType[] = [
  'work_order_created',
  'work_order_started',
  ...STEP_NAMES.flatMap((): EventType[] => ['attempt_started', 'attempt_finished']),
  'work_order_completed',
];

async function savedTypes(): Promise<readonly string[]> {
  return (await store.events({ workOrderId: ID, after: 0, limit: 1_000 })).map(({ type }) => type);
}

describe('the history writer', () => {
  test('has each record in the store when record resolves', async () => {
    const { writer } = await begin(store);
    for (const [index, command] of WHOLE_WORK_ORDER.entries()) {
      await writer.record(command);
      expect(await savedTypes()).toEqual(WHOLE_TYPES.slice(0, index + 2));
    }
    expect(logged.filter((event) => event === 'step_history_saved')).toHaveLength(WHOLE_WORK_ORDER.length);
  });

  test('goes on while the store refuses, keeps the order, and says what is not durable', async () => {
    let full = false;
    const { writer } = await begin(refusingStore(store, (method) => full && method === 'append'));
    await writer.record({ type: 'start' });
    full = true;
    await writer.record({ type: 'start_attempt', step: 'classify' });
    await writer.record({ type: 'finish_attempt', result: RESULT });
    expect(writer.workOrder.steps[0]).toMatchObject({ step: 'classify', status: 'succeeded' });
    expect(writer.unsaved.map(({ type }) => type)).toEqual(['attempt_started', 'attempt_finished']);
    expect(writer.problem).toContain('the disk is full');
    expect(await savedTypes()).toEqual(WHOLE_TYPES.slice(0, 2));
    expect(logged).toContain('step_history_save_failed');

    full = false;
    await writer.settled(NEVER);
    expect(writer.problem).toBeNull();
    expect(writer.unsaved).toEqual([]);
    expect(await savedTypes()).toEqual(WHOLE_TYPES.slice(0, 4));
  });

  test('whatever calls the medium refuses, the history in the end is whole, once and in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.boolean()), async (refusals) => {
        const own = await mkdtemp(join(directory, 'run-'));
        const outer = store;
        store = await openSqliteStore({ file: join(own, 'work-orders.db'), readOnly: false });
        try {
          const { writer } = await begin(refusingStore(store, () => refusals.next().value ?? false));
          for (const command of WHOLE_WORK_ORDER) await writer.record(command);
          await writer.settled(NEVER);
          expect(await savedTypes()).toEqual(WHOLE_TYPES);
        } finally {
          await store[Symbol.asyncDispose]();
          store = outer;
        }
      }),
      { numRuns: 25 },
    );
  });

  test('waiting for the store ends when the run is ended', async () => {
    const { writer } = await begin(refusingStore(store, (method) => method === 'append'));
    await writer.record({ type: 'start' });
    const abort = new AbortController();
    const settled = writer.settled(abort.signal);
    abort.abort(new Error('enough'));
    await expect(settled).rejects.toThrow('enough');
    writer.stop();
  });

  test('puts its records behind what somebody else has appended', async () => {
    const { writer } = await begin(store);
    await writer.record({ type: 'start' });
    const workOrder = await store.workOrder({ workOrderId: ID });
    const events = decide({ type: 'request_cancel', at: new Date().toISOString() }, workOrder);
    await store.append({ workOrderId: ID, expectedSeq: 2, epoch: null, events });
    await writer.record({ type: 'start_attempt', step: 'classify' });
    expect((await savedTypes()).slice(2)).toEqual(['work_order_cancel_requested', 'attempt_started']);
    expect(writer.workOrder.cancel_requested).toBe(true);
    expect(writer.workOrder.last_seq).toBe(4);
  });

  test('finds a record whose answer was lost instead of writing it twice', async () => {
    let lose = true;
    const losing = new Proxy(store, {
      get(target, name: keyof Store) {
        const value = Reflect.get(target, name);
        if (name !== 'append') return typeof value === 'function' ? value.bind(target) : value;
        return async (input: Parameters<Store['append']>[0]) => {
          const saved = await target.append(input);
          if (lose) {
            lose = false;
            throw new Error('the connection was cut');
          }
          return saved;
        };
      },
    });
    const { writer } = await begin(losing);
    await writer.record({ type: 'start' });
    await writer.settled(NEVER);
    expect(await savedTypes()).toEqual(WHOLE_TYPES.slice(0, 2));
    expect(writer.workOrder.last_seq).toBe(2);
  });

  test('saves nothing more once a newer claim has taken over', async () => {
    const { writer, outdone } = await begin(store);
    await writer.record({ type: 'start' });
    await store.claim({ workOrderId: ID, owner: 'other', at: new Date().toISOString() });
    const late = writer.record({ type: 'note', code: 'late', message: 'too late' });
    await expect(late).rejects.toMatchObject({ code: 'store_fenced' });
    await expect(writer.settled(NEVER)).rejects.toMatchObject({ code: 'store_fenced' });
    expect(outdone).toEqual(['outdone']);
    expect(await savedTypes()).toEqual(WHOLE_TYPES.slice(0, 2));
  });

  test('gives up when somebody else has ended the work order', async () => {
    const { writer, outdone } = await begin(store);
    const pending = await store.workOrder({ workOrderId: ID });
    const events = decide({ type: 'cancel', at: new Date().toISOString(), detail: 'by hand' }, pending);
    await store.append({ workOrderId: ID, expectedSeq: 1, epoch: null, events });
    await expect(writer.record({ type: 'start' })).rejects.toMatchObject({ code: 'store_fenced' });
    expect(outdone).toEqual(['outdone']);
    expect(await savedTypes()).toEqual(['work_order_created', 'work_order_cancelled']);
  });

  test('never lets the history run backwards when the clock is set back', async () => {
    const { writer } = await begin(store);
    const later = writer.workOrder.updated_at;
    eagerClock.now = () => new Date('2020-01-01T00:00:00Z');
    try {
      await writer.record({ type: 'start' });
    } finally {
      eagerClock.now = () => new Date();
    }
    expect(writer.workOrder.updated_at).toBe(later);
  });
});
