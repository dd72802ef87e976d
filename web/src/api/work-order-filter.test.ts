import { describe, expect, test } from 'vitest';
import type { WorkOrderView } from '../../../src/contract/work-order.ts';
import { aWorkOrderView } from '../testing/work-order-view.ts';
import { EVERY_WORK_ORDER, filterQuery, listWithChanges } from './work-order-filter.ts';

const at = (minute: number, changes: Partial<WorkOrderView> = {}) =>
  aWorkOrderView({
    agent_work_order_id: `wo-${minute}`,
    created_at: `2026-01-01T00:${String(minute).padStart(2, '0')}:00.000Z`,
    ...changes,
  });
const changesOf = (...changed: readonly WorkOrderView[]) =>
  new Map(changed.map((workOrder) => [workOrder.agent_work_order_id, workOrder]));
const idsOf = (workOrders: readonly WorkOrderView[]) => workOrders.map(({ agent_work_order_id: id }) => id);

describe('a list with what has changed', () => {
  const read = [at(3), at(2, { last_seq: 5, status: 'running' }), at(1)];

  test('shows the later of two states, whichever has arrived first', () => {
    const shown = (last_seq: number) =>
      listWithChanges({
        read,
        hasOlder: false,
        changed: changesOf(at(2, { last_seq, status: 'failed' })),
        filter: EVERY_WORK_ORDER,
      }).map(({ status }) => status);
    expect(shown(6)).toEqual(['pending', 'failed', 'pending']);
    expect(shown(4)).toEqual(['pending', 'running', 'pending']);
  });

  test('has new ones on top, and those that fit no longer are gone', () => {
    const changed = changesOf(at(2, { last_seq: 6, status: 'completed' }), at(4), at(5, { status: 'running' }));
    const filter = { ...EVERY_WORK_ORDER, statuses: ['pending', 'running'] as const };
    expect(idsOf(listWithChanges({ read, hasOlder: false, changed, filter }))).toEqual([
      'wo-5',
      'wo-4',
      'wo-3',
      'wo-1',
    ]);
  });

  test('leaves what stands on a page that was not read there', () => {
    const changed = changesOf(at(0));
    const list = (hasOlder: boolean) => idsOf(listWithChanges({ read, hasOlder, changed, filter: EVERY_WORK_ORDER }));
    expect(list(true)).not.toContain('wo-0');
    expect(list(false).at(-1)).toBe('wo-0');
  });

  test('takes new ones in only where repository and text fit', () => {
    const changed = changesOf(
      at(4, { user_request: 'Take the DARK mode away' }),
      at(5, { repository_url: 'x' }),
      at(6),
    );
    const filter = { ...EVERY_WORK_ORDER, repositoryUrl: at(1).repository_url, text: ' dark mode away' };
    expect(idsOf(listWithChanges({ read: [], hasOlder: false, changed, filter }))).toEqual(['wo-4']);
  });
});

test('a filter is a query of the list', () => {
  expect(filterQuery(EVERY_WORK_ORDER).toString()).toBe('');
  const query = filterQuery({ statuses: ['running', 'waiting'], repositoryUrl: 'https://x/y', text: ' a b ' });
  expect(Object.fromEntries(query)).toEqual({ status: 'running,waiting', repository_url: 'https://x/y', text: 'a b' });
});
