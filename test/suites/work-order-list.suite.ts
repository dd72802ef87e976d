import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { WorkOrderId } from '../../src/domain/ids.ts';
import type { Store } from '../../src/ports/store.ts';
import { aSavedWorkOrder } from './histories.ts';
import type { OpenStore } from './store.suite.ts';

/** What every store must do with a list of work orders. */
export function workOrderListSuite(name: string, open: () => Promise<OpenStore>): void {
  describe(`list of work orders: ${name}`, () => {
    let opened: OpenStore;
    let store: Store;
    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened.dispose());

    test('a list is read page by page, newest first, without a gap or a repeat while new ones arrive', async () => {
      const request = (index: number) => ({ repository_url: `https://example.org/o/${index % 2 ? 'odd' : 'even'}` });
      const ids: WorkOrderId[] = [];
      for (let index = 0; index < 12; index += 1) {
        const saved = await aSavedWorkOrder(store, { request: request(index) });
        if (index % 3 === 0) await saved.give({ type: 'start' });
        ids.push(saved.workOrderId);
      }
      const filters = [
        { filter: {}, expected: ids },
        { filter: { statuses: ['running'] }, expected: ids.filter((_, index) => index % 3 === 0) },
        { filter: { repositoryUrl: request(1).repository_url }, expected: ids.filter((_, index) => index % 2) },
        {
          filter: { repositoryUrl: request(0).repository_url, statuses: ['pending'] },
          expected: ids.filter((_, index) => index % 2 === 0 && index % 3 !== 0),
        },
        { filter: { statuses: ['running', 'pending', 'running'] }, expected: ids },
        {
          filter: { text: 'O/ODD', statuses: ['pending'] },
          expected: ids.filter((_, index) => (index % 6) % 3 && index % 2),
        },
      ] as const;
      for (const { filter, expected } of filters) {
        const found: WorkOrderId[] = [];
        let cursor: string | null = null;
        do {
          const page = await store.workOrders({ ...filter, limit: 2, cursor });
          expect(page.workOrders.length).toBeLessThanOrEqual(2);
          found.push(...page.workOrders.map((workOrder) => workOrder.agent_work_order_id));
          cursor = page.nextCursor;
          await aSavedWorkOrder(store, { request: request(found.length) });
        } while (cursor !== null);
        const known = new Set(ids);
        expect(found.filter((id) => known.has(id))).toEqual(expected.toReversed());
      }
      await expect(store.workOrders({ limit: 1, cursor: 'x' })).rejects.toMatchObject({ code: 'invalid_request' });
    });

    test('a text is found in the request, the URL and the id, each of its characters meaning itself', async () => {
      const [percent, plain] = [
        await aSavedWorkOrder(store, { request: { user_request: String.raw`Use 50% of C:\temp_a` } }),
        await aSavedWorkOrder(store, { request: { repository_url: 'https://example.org/o/Größe' } }),
      ];
      const find = async (text: string) =>
        (await store.workOrders({ text, limit: 9, cursor: null })).workOrders.map((each) => each.agent_work_order_id);
      expect(await find('use 50%')).toEqual([percent.workOrderId]);
      expect(await find(String.raw`\TEMP_`)).toEqual([percent.workOrderId]);
      expect(await find('5%c')).toEqual([]);
      expect(await find('tempXa')).toEqual([]);
      expect(await find('größe')).toEqual([plain.workOrderId]);
      expect(await find(plain.workOrderId.toUpperCase())).toEqual([plain.workOrderId]);
    });
  });
}
