import { useSyncExternalStore, useState } from 'react';
import type { WorkOrderId } from '../../../src/domain/ids.ts';
import { WorkOrderHistory } from '../api/work-order-history.ts';

/** The history of a work order, live. Give the component a `key` of the id: another work order is another history. */
export function useWorkOrderHistory(id: WorkOrderId) {
  const [history] = useState(() => new WorkOrderHistory(id));
  return { ...useSyncExternalStore(history.subscribe, history.getView), follow: history.follow };
}
