import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../src/domain/error-catalogue.ts';
import { WorkOrderError } from '../../src/domain/errors.ts';
import type { NewEvent, WorkOrderEvent } from '../../src/domain/event.ts';
import type { WorkOrderId } from '../../src/domain/ids.ts';
import { project, stepHistory } from '../../src/domain/project.ts';
import type { EndedAttempt } from '../../src/domain/step.ts';
import { STEP_NAMES } from '../../src/domain/workflow.ts';
import type { LogEntry, LogFilter, LogLevel, NewLogEntry, Store, StoreChange } from '../../src/ports/store.ts';
import { A_CHOICE, FULL_LIFE, aNote, aResult, aSavedWorkOrder, aWorkOrder, anId, runSteps } from './histories.ts';

/** A store of its own for one test. */
export interface OpenStore {
  readonly store: Store;
  /** Closes the store and opens the same data again. */
  readonly reopen: () => Promise<Store>;
  /** Closes and removes everything. */
  readonly dispose: () => Promise<void>;
}

const AT = '2026-01-01T00:00:00.000Z';

/** What every store must do, whatever the database is. */
export function storeSuite(name: string, open: () => Promise<OpenStore>): void {
  describe(`store: ${name}`, () => {
    let opened: OpenStore;
    let store: Store;
    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened.dispose());

    async function historyOf(workOrderId: WorkOrderId) {
      const found = await store.stepHistory({ workOrderId });
      if (!found) throw new Error(`${workOrderId} is not there`);
      return stepHistory(found.workOrder, found.attempts);
    }

    test('the saves of one to seven finished steps are seen in this order, each of them whole', async () => {
      const saved = await aSavedWorkOrder(store);
      const { workOrderId } = saved;
      await saved.give({ type: 'start' });
      const counts: number[] = [];
      for (const [index, step] of STEP_NAMES.entries()) {
        await saved.runStep(step);
        const found = await historyOf(workOrderId);
        const finished = STEP_NAMES.slice(0, index + 1);
        expect(found.steps.map((attempt) => attempt.step)).toEqual(finished);
        expect(found.steps.map((attempt) => attempt.output)).toEqual(finished.map((each) => `the output of ${each}`));
        counts.push(found.steps_completed);
      }
      await saved.give({ type: 'complete', outcome: 'branch_pushed' });
      expect(counts).toEqual([1, 2, 3, 4, 5, 6, 7]);
      expect(await historyOf(workOrderId)).toMatchObject({ steps_completed: 7, current_step: null, in_progress: null });
      expect(await store.workOrder({ workOrderId })).toEqual(saved.workOrder);
    });

    test('a history can be read between the steps, with the step that is running', async () => {
      const saved = await aSavedWorkOrder(store);
      expect(await historyOf(saved.workOrderId)).toMatchObject({ steps: [], current_step: 'classify' });
      await saved.give({ type: 'start' });
      await saved.runStep('classify');
      await saved.give({ type: 'start_attempt', step: 'plan' });
      expect(await historyOf(saved.workOrderId)).toMatchObject({
        steps: [{ step: 'classify', status: 'succeeded' }],
        in_progress: { step: 'plan', agent_name: 'planner', attempt: 1 },
        remaining_steps: STEP_NAMES.slice(2),
      });
    });

    test('a created work order is read back as it was projected, and an unknown one is null', async () => {
      const { workOrderId, workOrder, events } = aWorkOrder({ user_request: 'Grüße 🎉 "\u0001\n' });
      const changes = changesOf(store);
      const input = { workOrderId, event: first(events), idempotency: null };
      expect(await store.create(input)).toEqual({ workOrder, created: true });
      expect(await store.workOrder({ workOrderId })).toEqual(workOrder);
      expect(await store.events({ workOrderId, after: 0, limit: 10 })).toEqual(asSaved(workOrderId, events));
      expect(changes).toEqual([{ kind: 'events', workOrderId, lastSeq: 1, position: 1 }]);
      expect(await codeOf(store.create(input))).toBe('store_conflict');
      const unknown = { workOrderId: anId() };
      expect(await store.workOrder(unknown)).toBeNull();
      expect(await store.stepHistory(unknown)).toBeNull();
      expect(await store.claim({ ...unknown, owner: 'me', at: AT })).toBeNull();
      expect(await store.events({ ...unknown, after: 0, limit: 10 })).toEqual([]);
      expect(await store.logPage({ ...unknown, offset: 0, limit: 10, filter: {} })).toEqual({ entries: [], total: 0 });
      expect(await codeOf(store.append({ ...unknown, expectedSeq: 0, epoch: null, events: [aNote('n')] }))).toBe(
        'work_order_not_found',
      );
      expect(await codeOf(store.appendLog({ ...unknown, entries: [anEntry({})] }))).toBe('work_order_not_found');
    });

    test('after each event the state, the attempts and the events are what the projection says', async () => {
      const saved = await aSavedWorkOrder(store, { request: { model: 'large', github_issue_number: '42' } });
      const { workOrderId, events } = saved;
      for (const command of FULL_LIFE) {
        const given = await saved.give(command);
        expect(given.map(({ seq }) => seq)).toEqual([events.length]);
        const found = await store.stepHistory({ workOrderId });
        expect(found).toEqual({ workOrder: project(events, workOrderId), attempts: endedOf(events) });
      }
      expect(await store.events({ workOrderId, after: 0, limit: 1_000 })).toEqual(asSaved(workOrderId, events));
      expect(await store.events({ workOrderId, after: 3, limit: 2 })).toMatchObject([{ seq: 4 }, { seq: 5 }]);
      expect(await store.prompt({ workOrderId, step: 'classify', attempt: 1 })).toBe('Classify: grüße 🎉');
      expect(await store.prompt({ workOrderId, step: 'classify', attempt: 2 })).toBeNull();
      expect(await store.plan({ workOrderId, version: null })).toMatchObject({ version: 2, markdown: '# Plan 2' });
      expect(await store.plan({ workOrderId, version: 1 })).toEqual({
        version: 1,
        path: 'specs/plan.md',
        markdown: '# Plan 1',
      });
      expect(await store.plan({ workOrderId, version: 3 })).toBeNull();
      // The documents are beside the events, not in them.
      expect(JSON.stringify(await store.allEvents({ after: 0, limit: 1_000 }))).not.toContain('# Plan');
    });

    test('several events are one write: all of them or none', async () => {
      const history = aWorkOrder();
      const { workOrderId } = history;
      await store.create({ workOrderId, event: first(history.events), idempotency: null });
      const events = runSteps(history);
      expect(events).toHaveLength(1 + 7 * 4);
      const damagedPlan = { type: 'plan_saved', occurred_at: AT, data: { version: 1, path: 'p', bytes: 1 } } as const;
      const twice: NewEvent[] = [...events, damagedPlan, damagedPlan];
      const broken = store.append({ workOrderId, expectedSeq: 1, epoch: null, events: twice });
      expect(await codeOf(broken)).toBe('another error');
      expect(await store.stepHistory({ workOrderId })).toMatchObject({ workOrder: { last_seq: 1 }, attempts: [] });
      const saved = await store.append({ workOrderId, expectedSeq: 1, epoch: null, events });
      expect(saved.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 2));
      expect(saved.map(({ position }) => position)).toEqual(saved.map(({ seq }) => seq));
      expect(await historyOf(workOrderId)).toMatchObject({ steps_completed: 7 });
      expect(await store.append({ workOrderId, expectedSeq: 30, epoch: null, events: [] })).toEqual([]);
    });

    test('an idempotency key gives the earlier work order again, and refuses another request', async () => {
      const { workOrderId, workOrder, events } = aWorkOrder();
      const event = first(events);
      const idempotency = { key: 'k', requestHash: 'h' };
      const made = await Promise.all([
        store.create({ workOrderId, event, idempotency }),
        store.create({ workOrderId: anId(), event, idempotency }),
      ]);
      expect(made).toEqual([
        { workOrder, created: true },
        { workOrder, created: false },
      ]);
      const other = { key: 'k', requestHash: 'other' };
      expect(await codeOf(store.create({ workOrderId: anId(), event, idempotency: other }))).toBe(
        'idempotency_key_reused',
      );
      expect(await store.allEvents({ after: 0, limit: 10 })).toHaveLength(1);
    });

    test('a writer that has not seen the latest event is refused, and nothing is written', async () => {
      const saved = await aSavedWorkOrder(store);
      const { workOrderId } = saved;
      const changes = changesOf(store);
      for (const expectedSeq of [0, 2]) {
        const late = store.append({ workOrderId, expectedSeq, epoch: null, events: [aNote('late')] });
        expect(await codeOf(late)).toBe('store_conflict');
      }
      expect(await store.allEvents({ after: 0, limit: 10 })).toHaveLength(1);
      expect(await store.workOrder({ workOrderId })).toEqual(saved.workOrder);
      expect(changes).toEqual([]);
      const [inTime] = await saved.give({ type: 'note', code: 'n', message: 'in time' });
      expect(inTime).toMatchObject({ seq: 2, position: 2 });
    });

    test('a claim fences out the owner before it, but not a command from outside', async () => {
      const { workOrderId, workOrder } = await aSavedWorkOrder(store);
      const append = (expectedSeq: number, epoch: number | null) =>
        store.append({ workOrderId, expectedSeq, epoch, events: [aNote(`epoch ${epoch}`)] });
      expect(await store.claim({ workOrderId, owner: 'a', at: AT })).toEqual({ workOrderId, epoch: 1, workOrder });
      await append(1, 1);
      const taken = await store.claim({ workOrderId, owner: 'b', at: AT });
      expect(taken).toMatchObject({ epoch: 2, workOrder: { last_seq: 2 } });
      // Fenced even when it has missed events too: that is what tells it to stop instead of reading again.
      expect(await codeOf(append(2, 1))).toBe('store_fenced');
      expect(await codeOf(append(1, 1))).toBe('store_fenced');
      await append(2, null);
      await append(3, 2);
      // In one batch: the claim is in force for the write right after it.
      const [claim, fenced] = await Promise.all([
        store.claim({ workOrderId, owner: 'c', at: AT }),
        codeOf(append(4, 2)),
      ]);
      expect([claim?.epoch, fenced]).toEqual([3, 'store_fenced']);
    });

    test('writes that come together are saved in the order of their calls, and a refused one touches no other', async () => {
      const saved = await Promise.all(Array.from({ length: 50 }, () => aSavedWorkOrder(store)));
      const changes = changesOf(store);
      const [one, two] = [first(saved).workOrderId, saved[1]!.workOrderId];
      await store.claim({ workOrderId: two, owner: 'b', at: AT });
      const refused: Promise<unknown>[] = [];
      const accepted = saved.flatMap(({ workOrderId }, index) => {
        if (index === 20) {
          refused.push(codeOf(store.append({ workOrderId: one, expectedSeq: 9, epoch: null, events: [aNote('c')] })));
          refused.push(codeOf(store.append({ workOrderId: two, expectedSeq: 3, epoch: 7, events: [aNote('f')] })));
          // Not a refusal but a mistake that only the database notices.
          refused.push(codeOf(store.append({ workOrderId: one, expectedSeq: 3, epoch: null, events: [NO_JSON] })));
        }
        return [1, 2].map((expectedSeq) =>
          store.append({ workOrderId, expectedSeq, epoch: null, events: [aNote(`${index}`)] }),
        );
      });
      const events = (await Promise.all(accepted)).flat();
      expect(await Promise.all(refused)).toEqual(['store_conflict', 'store_fenced', 'another error']);
      expect(events.map(({ position }) => position)).toEqual(Array.from({ length: 100 }, (_, index) => 51 + index));
      expect(await store.allEvents({ after: 50, limit: 1_000 })).toEqual(events);
      expect(changes.map((change) => change.kind === 'events' && change.position)).toEqual(
        events.map(({ position }) => position),
      );
    });

    test('a reader of a history that is being written sees whole prefixes only', async () => {
      const saved = await aSavedWorkOrder(store);
      const { workOrderId } = saved;
      const writer = (async () => {
        await saved.give({ type: 'start' });
        for (const step of STEP_NAMES) await saved.runStep(step);
      })();
      const seen = new Set<number>();
      while (!seen.has(2 + STEP_NAMES.length * 2)) {
        const found = await store.stepHistory({ workOrderId });
        const lastSeq = found?.workOrder.last_seq ?? 0;
        const prefix = saved.events.slice(0, lastSeq);
        expect(found).toEqual({ workOrder: project(prefix, workOrderId), attempts: endedOf(prefix) });
        seen.add(lastSeq);
      }
      await writer;
      expect(seen.size).toBeGreaterThan(3);
    });

    test('a loop of reads leaves the process time for its other work', async () => {
      const { workOrderId } = await aSavedWorkOrder(store);
      let turns = 0;
      const turn = (): void => {
        turns += 1;
        immediate = setImmediate(turn);
      };
      let immediate = setImmediate(turn);
      for (let read = 0; read < 200; read += 1) await store.workOrder({ workOrderId });
      clearImmediate(immediate);
      expect(turns).toBeGreaterThan(3);
    });

    test('everything is there after the store was closed and opened again', async () => {
      const saved = await aSavedWorkOrder(store);
      const { workOrderId } = saved;
      for (const command of FULL_LIFE) await saved.give(command);
      await store.claim({ workOrderId, owner: 'a', at: AT });
      await store.appendLog({ workOrderId, entries: [anEntry({ message: 'kept' })] });
      // Not waited for: closing ends what is under way.
      const last = saved.give({ type: 'note', code: 'n', message: 'last' });
      const again = await opened.reopen();
      expect(await last).toHaveLength(1);
      expect(await codeOf(store.workOrder({ workOrderId }))).toBe('store_unavailable');
      expect(await store.problem()).toContain('closed');
      expect(await again.problem()).toBeNull();
      expect(await again.events({ workOrderId, after: 0, limit: 100 })).toEqual(asSaved(workOrderId, saved.events));
      expect(await again.stepHistory({ workOrderId })).toEqual({
        workOrder: saved.workOrder,
        attempts: endedOf(saved.events),
      });
      expect(await again.log({ workOrderId, after: 0, limit: 9, maxBytes: 99, filter: {} })).toHaveLength(1);
      expect(await again.claim({ workOrderId, owner: 'b', at: AT })).toMatchObject({ epoch: 2 });
      const [next] = await (await aSavedWorkOrder(again)).give({ type: 'start' });
      expect(next).toMatchObject({ position: saved.events.length + 2 });
    });

    test('the last position is that of the latest event of all', async () => {
      expect(await store.lastPosition()).toBe(0);
      const saved = await aSavedWorkOrder(store);
      const events = await saved.give({ type: 'start' });
      expect(await store.lastPosition()).toBe(events.at(-1)?.position);
    });

    test('what can be claimed is listed oldest first over all the statuses, in pages', async () => {
      const ids: WorkOrderId[] = [];
      for (let index = 0; index < 9; index += 1) {
        const saved = await aSavedWorkOrder(store);
        if (index % 3 === 0) await saved.give({ type: 'start' });
        if (index % 3 === 2) await saved.give({ type: 'cancel', detail: 'asked for' });
        ids.push(saved.workOrderId);
      }
      const wanted = ids.filter((_, index) => index % 3 !== 2);
      const statuses = ['pending', 'running'] as const;
      const page = await store.claimable({ statuses, after: null, limit: 4 });
      expect(page).toEqual(wanted.slice(0, 4));
      expect(await store.claimable({ statuses, after: page.at(-1) ?? null, limit: 4 })).toEqual(wanted.slice(4));
      expect(await store.claimable({ statuses, after: wanted.at(-1) ?? null, limit: 4 })).toEqual([]);
      expect(await store.claimable({ statuses: ['waiting'], after: null, limit: 4 })).toEqual([]);
    });

    test('a message is kept with what became of it, and is queued again where its attempt has not succeeded', async () => {
      const saved = await aSavedWorkOrder(store);
      const { workOrderId } = saved;
      const read = async () =>
        (await store.messages({ workOrderId })).map(({ prompt_id, prompt_text, status, given }) => [
          prompt_id,
          prompt_text,
          status,
          given?.attempt ?? null,
        ]);
      const asked = { type: 'keep_prompt', prompt: 'x', ...A_CHOICE, messages: ['p-b'] } as const;
      for (const prompt_id of ['p-b', 'p-a'] as const)
        await saved.give({ type: 'queue_message', prompt_id, prompt: `words of ${prompt_id}` });
      await saved.give({ type: 'edit_message', prompt_id: 'p-b', prompt: 'Grüße' });
      await saved.give({ type: 'withdraw_message', prompt_id: 'p-a' });
      await saved.give({ type: 'start' });
      await saved.give({ type: 'start_attempt', step: 'classify' });
      await saved.give(asked);
      const withdrawn = ['p-a', 'words of p-a', 'withdrawn', null];
      expect(await read()).toEqual([['p-b', 'Grüße', 'given', 1], withdrawn]);
      await saved.give({ type: 'finish_attempt', result: aResult('classify', { status: 'interrupted' }) });
      expect(await read()).toEqual([['p-b', 'Grüße', 'queued', null], withdrawn]);
      await saved.give({ type: 'start_attempt', step: 'classify' });
      await saved.give(asked);
      await saved.give({ type: 'finish_attempt', result: aResult('classify', {}) });
      expect(await read()).toEqual([['p-b', 'Grüße', 'given', 2], withdrawn]);
      expect((await store.workOrder({ workOrderId }))?.messages).toEqual([]);
      expect(await store.messages({ workOrderId: anId() })).toEqual([]);
    });

    test('log entries are numbered per work order, filtered, and read by seq or by page', async () => {
      const { workOrderId } = await aSavedWorkOrder(store);
      const other = await aSavedWorkOrder(store);
      const changes = changesOf(store);
      await store.appendLog({ workOrderId: other.workOrderId, entries: [anEntry({})] });
      const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];
      const entries = Array.from({ length: 240 }, (_, index) =>
        anEntry({
          level: levels[index % 4]!,
          step: index < 120 ? 'classify' : 'plan',
          timestamp: new Date(Date.parse(AT) + index * 1_000).toISOString(),
          event: ['text', 'tool_call', 'tool_result'][index % 3]!,
          message: `line ${index + 1}${index % 10 === 0 ? ' 100%_SURE' : ''}`,
          data: index % 2 ? { index, nested: ['é "quoted"'] } : null,
        }),
      );
      const written = await Promise.all([
        store.appendLog({ workOrderId, entries: entries.slice(0, 1) }),
        store.appendLog({ workOrderId, entries: entries.slice(1) }),
        store.appendLog({ workOrderId, entries: [] }),
      ]);
      expect(written).toEqual([1, 240, 240]);
      expect(changes.map((change) => [change.kind, 'lastSeq' in change ? change.lastSeq : null])).toEqual([
        ['log', 1],
        ['log', 1],
        ['log', 240],
      ]);
      const numbered = entries.map((entry, index) => Object.assign({ seq: index + 1 }, entry));
      const all = { workOrderId, after: 0, limit: 1_000, maxBytes: 1e9 };
      expect(await store.log({ ...all, filter: {} })).toEqual(numbered);
      expect(await store.log({ ...all, after: 100, limit: 3, filter: {} })).toEqual(numbered.slice(100, 103));
      const since = numbered[200]!.timestamp;
      const cases = [
        { filter: { level: 'debug' }, fits: () => true },
        { filter: { level: 'info' }, fits: ({ level }) => level !== 'debug' },
        { filter: { level: 'warn' }, fits: ({ level }) => level === 'warn' || level === 'error' },
        { filter: { level: 'error' }, fits: ({ level }) => level === 'error' },
        { filter: { step: 'plan' }, fits: ({ step }) => step === 'plan' },
        { filter: { since }, fits: ({ timestamp }) => timestamp >= since },
        { filter: { events: ['tool_call'] }, fits: ({ event }) => event === 'tool_call' },
        { filter: { events: ['tool_call', 'tool_result'] }, fits: ({ event }) => event.startsWith('tool') },
        { filter: { text: '0%_sure' }, fits: ({ message }) => message.includes('SURE') },
        { filter: { text: 'é "QUOTED"' }, fits: ({ data }) => data !== null },
        { filter: { text: 'l_ne%' }, fits: () => false },
        { filter: { events: ['text'], text: 'LINE 7' }, fits: ({ seq }) => [7, 70, 73, 76, 79].includes(seq) },
        {
          filter: { step: 'plan', level: 'warn', since },
          fits: ({ seq, level }) => seq > 200 && /warn|error/.test(level),
        },
      ] satisfies readonly { filter: LogFilter; fits: (entry: LogEntry) => boolean }[];
      for (const { filter, fits } of cases) {
        const expected = numbered.filter((entry) => fits(entry));
        expect(await store.log({ ...all, filter })).toEqual(expected);
        const page = await store.logPage({ workOrderId, offset: 2, limit: 5, filter });
        expect(page).toEqual({ entries: expected.slice(2, 7), total: expected.length });
      }
      const page = await store.logPage({ workOrderId, offset: 238, limit: 5, filter: {} });
      expect(page).toEqual({ entries: numbered.slice(238), total: 240 });
    });

    test('a read of the log stops at its bytes, but gives one entry at least', async () => {
      const { workOrderId } = await aSavedWorkOrder(store);
      const entries = Array.from({ length: 150 }, () => anEntry({ message: 'é'.repeat(50) }));
      await store.appendLog({ workOrderId, entries });
      const read = (maxBytes: number) => store.log({ workOrderId, after: 0, limit: 1_000, maxBytes, filter: {} });
      expect(await read(1)).toHaveLength(1);
      expect(await read(1_000)).toHaveLength(10);
      expect(await read(14_000)).toHaveLength(140);
      expect(await read(1_000_000)).toHaveLength(150);
    });

    test('who has asked for a work order is read back', async () => {
      const { workOrderId, events } = aWorkOrder();
      const [event] = events;
      if (event?.type !== 'work_order_created') throw new Error('it begins otherwise');
      const requested_by = { forge: 'github', user: 'ada', url: 'https://github.com/ada/engine/issues/7' };
      const asked = { ...event, data: { ...event.data, requested_by } };
      await store.create({ workOrderId, event: asked, idempotency: null });
      expect(await store.workOrder({ workOrderId })).toMatchObject({ requested_by });
    });

    test('a listener is called for each write until it stops, and the write can be read by then', async () => {
      const saved = await aSavedWorkOrder(store);
      const { workOrderId } = saved;
      const reads: Promise<unknown>[] = [];
      const stop = store.onChange(() => reads.push(store.workOrder({ workOrderId })));
      await saved.give({ type: 'start' });
      stop();
      await saved.give({ type: 'note', code: 'n', message: 'unheard' });
      expect(await Promise.all(reads)).toMatchObject([{ last_seq: 2, status: 'running' }]);
    });
  });
}

/** JSON cannot say it, so saving it fails after the checks. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it is wrong on purpose
const NO_JSON = { type: 'note', occurred_at: AT, data: { code: 'n', message: 1n } } as unknown as NewEvent;

function anEntry(changes: Partial<NewLogEntry>): NewLogEntry {
  return {
    timestamp: AT,
    level: 'info',
    event: 'text',
    step: null,
    attempt: null,
    message: 'm',
    data: null,
    ...changes,
  };
}

function asSaved(workOrderId: WorkOrderId, events: readonly NewEvent[]): readonly unknown[] {
  return events.map(({ type, occurred_at, data }, index) => ({
    agent_work_order_id: workOrderId,
    seq: index + 1,
    position: index + 1,
    type,
    occurred_at,
    data,
  }));
}

function endedOf(events: readonly (NewEvent | WorkOrderEvent)[]): readonly EndedAttempt[] {
  return events.flatMap((event) => (event.type === 'attempt_finished' ? [event.data] : []));
}

function changesOf(store: Store): readonly StoreChange[] {
  const changes: StoreChange[] = [];
  store.onChange((change) => changes.push(change));
  return changes;
}

async function codeOf(promise: Promise<unknown>): Promise<ErrorCode | 'another error' | 'no error'> {
  try {
    await promise;
    return 'no error';
  } catch (error) {
    return error instanceof WorkOrderError ? error.code : 'another error';
  }
}

function first<Item>(items: readonly Item[]): Item {
  const [item] = items;
  if (item === undefined) throw new Error('there is none');
  return item;
}
