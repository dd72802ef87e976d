import { queryOptions } from '@tanstack/react-query';
import type { UsualDurationsView } from '../../../src/contract/usual-durations.ts';
import type { WorkOrderId } from '../../../src/domain/ids.ts';
import { request } from './request.ts';
import { workOrderPath } from './work-orders.ts';

export function usualDurationsQuery(id: WorkOrderId) {
  return queryOptions({
    queryKey: ['work-order', id, 'usual-durations'],
    queryFn: ({ signal }) => request<UsualDurationsView>(workOrderPath(id, '/usual-durations'), { signal }),
    staleTime: 60_000,
  });
}
