import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { NewDelivery } from '../../src/domain/delivery.ts';
import type { Store } from '../../src/ports/store.ts';
import { aDelivery, aSavedWorkOrder } from './histories.ts';
import type { OpenStore } from './store.suite.ts';

/** What every store must do with the deliveries of forges. */
export function deliveriesSuite(name: string, open: () => Promise<OpenStore>): void {
  describe(`deliveries: ${name}`, () => {
    let opened: OpenStore;
    let store: Store;
    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened.dispose());

    const keep = (changes: Partial<NewDelivery>) => store.keepDelivery({ delivery: aDelivery(changes) });
    /** Of a forge that says which labels there are, and not which is new. */
    let count = 0;
    const keepLabel = (wish: 'labelled' | 'unlabelled', changes: Partial<NewDelivery> = {}) => {
      count += 1;
      return keep({ delivery_id: `${count}`, body_hash: `of ${count}`, wish, names_label: false, ...changes });
    };
    const unsettled = async () => (await store.openDeliveries({ after: 0, limit: 100 })).deliveries;

    test('are kept once by their number and by their body, with what has become of them', async () => {
      const { delivery } = await keep({});
      const { workOrderId } = await aSavedWorkOrder(store);
      const change = { status: 'accepted', work_order_id: workOrderId, comment_id: '7' } as const;
      await store.changeDelivery({ deliveryId: 'one', change });
      const now = { ...delivery, ...change };
      expect(await keep({ body_hash: 'another', user: 'eve' })).toEqual({ delivery: now, isNew: false });
      expect(await keep({ delivery_id: 'another', user: 'eve' })).toEqual({ delivery: now, isNew: false });
      expect(await unsettled()).toEqual([now]);
      store = await opened.reopen();
      expect(await unsettled()).toEqual([now]);
      await store.changeDelivery({ deliveryId: 'one', change: { settled: true } });
      expect(await unsettled()).toEqual([]);
      expect((await keep({})).delivery).toEqual({ ...now, settled: true });
    });

    test('are unsettled when their work order is reopened, and that is told', async () => {
      await keep({});
      const saved = await aSavedWorkOrder(store);
      const change = { work_order_id: saved.workOrderId, settled: true };
      await store.changeDelivery({ deliveryId: 'one', change });
      const told: string[] = [];
      store.onChange(({ kind }) => void told.push(kind));
      await saved.give({ type: 'start' });
      await saved.give({ type: 'fail', error_code: 'no_progress', error_message: 'Nothing.' });
      expect(await unsettled()).toEqual([]);
      const from = { from_step: 'classify', checkpoint: null, rewound: false, change: {}, feedback: null } as const;
      await saved.give({ type: 'reopen', ...from });
      expect(await unsettled()).toMatchObject([{ delivery_id: 'one', settled: false }]);
      expect(told).toEqual(['events', 'events', 'events', 'delivery']);
    });

    test('that are open are read page by page, oldest first', async () => {
      for (const id of ['c', 'a', 'b']) await keep({ delivery_id: id, body_hash: id });
      const first = await store.openDeliveries({ after: 0, limit: 2 });
      expect(first.deliveries.map(({ delivery_id }) => delivery_id)).toEqual(['c', 'a']);
      const second = await store.openDeliveries({ after: first.next, limit: 2 });
      expect(second.deliveries.map(({ delivery_id }) => delivery_id)).toEqual(['b']);
    });

    test('of a label count once while it stays on, and again after it was off', async () => {
      expect(await keepLabel('unlabelled')).toEqual({ delivery: null, isNew: false });
      const { delivery } = await keepLabel('labelled');
      expect(await keepLabel('labelled', { user: 'eve' })).toEqual({ delivery, isNew: false });
      expect((await keepLabel('labelled', { issue_number: '8' })).isNew).toBe(true);
      expect((await keep({ delivery_id: 'c', body_hash: 'c', wish: 'commented' })).isNew).toBe(true);
      expect(await keepLabel('labelled')).toEqual({ delivery, isNew: false });
      expect(await keepLabel('unlabelled')).toMatchObject({ delivery: { status: 'ignored', settled: true } });
      expect((await keepLabel('labelled')).isNew).toBe(true);
    });

    test('of a label that a stranger put on do not stand in the way of somebody else', async () => {
      await keepLabel('labelled', { delivery_id: 'of a stranger' });
      await store.changeDelivery({ deliveryId: 'of a stranger', change: { status: 'ignored', settled: true } });
      expect((await keepLabel('labelled')).isNew).toBe(true);
    });

    test('of a forge that names the label are each one of its own', async () => {
      await keep({});
      expect((await keep({ delivery_id: 'two', body_hash: 'two' })).isNew).toBe(true);
    });
  });
}
