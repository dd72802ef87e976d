import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { NewLogEntry, Store } from '../../src/ports/store.ts';
import { aSavedWorkOrder } from './histories.ts';
import type { OpenStore } from './store.suite.ts';

/** What a store has to know of money: what was spent, and what an attempt had told when its service died. */
export function spendingStoreSuite(name: string, open: () => Promise<OpenStore>): void {
  describe(`spending in the store: ${name}`, () => {
    let opened: OpenStore;
    let store: Store;
    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened.dispose());

    test('what attempts spend is added up for the work order, its repository and the day on which they end', async () => {
      const url = 'https://example.org/spending/repository.git';
      const saved = await aSavedWorkOrder(store, { request: { repository_url: url } });
      const other = await aSavedWorkOrder(store, { request: { repository_url: 'https://example.org/spending/other' } });
      const day = saved.workOrder.created_at.slice(0, 10);
      const read = (repositoryUrl: string) => store.dailySpending({ day, repositoryUrl });
      const before = (await read(url)).service;
      await saved.give({ type: 'start' });
      await other.give({ type: 'start' });
      await saved.runStep('classify', { duration_seconds: 90 });
      await saved.runStep('plan', { usage: null, status: 'interrupted', duration_seconds: 30 });
      await other.runStep('classify', { duration_seconds: 60 });
      const spent = { cost_usd: 0.05, tokens: 1_234, minutes: 2 };
      expect((await store.workOrder({ workOrderId: saved.workOrderId }))?.spent).toEqual(spent);
      // The two spellings of a URL are one repository.
      expect((await read(url.replace('.git', ''))).repository).toEqual(spent);
      const { service } = await read('https://example.org/spending/nobody');
      expect(service.tokens - before.tokens).toBe(2 * 1_234);
      expect(service.minutes - before.minutes).toBeCloseTo(3);
      const nothing = { cost_usd: 0, tokens: 0, minutes: 0 };
      const tomorrow = await store.dailySpending({ day: '1999-01-01', repositoryUrl: url });
      expect(tomorrow).toEqual({ repository: nothing, service: nothing });
    });

    test('the last signs of an attempt are those of that attempt', async () => {
      const { workOrderId } = await aSavedWorkOrder(store);
      const of = (attempt: number) => store.lastSigns({ workOrderId, step: 'classify', attempt });
      expect(await of(1)).toEqual({ at: null, usage: null });
      const usage = { input_tokens: 5, output_tokens: null, cost_usd: 0.5 };
      const entry = { step: 'classify', attempt: 1 } as const;
      await store.appendLog({
        workOrderId,
        entries: [
          anEntry({ ...entry, event: 'usage', data: { ...usage, input_tokens: 1 } }),
          anEntry({ ...entry, event: 'usage', data: usage }),
          anEntry({ ...entry, timestamp: '2026-01-02T00:00:00.000Z' }),
          anEntry({ step: 'plan', attempt: 1, event: 'usage', data: { ...usage, input_tokens: 9 } }),
        ],
      });
      expect(await of(1)).toEqual({ at: '2026-01-02T00:00:00.000Z', usage });
      expect(await of(2)).toEqual({ at: null, usage: null });
    });
  });
}

function anEntry(changes: Partial<NewLogEntry>): NewLogEntry {
  return {
    timestamp: '2026-01-01T00:00:00.000Z',
    level: 'info',
    event: 'text',
    step: null,
    attempt: null,
    message: 'm',
    data: null,
    ...changes,
  };
}
