import { queryOptions } from '@tanstack/react-query';
import type { DiagnosisView } from '../../../src/contract/diagnosis.ts';
import type { WorkOrderId } from '../../../src/domain/ids.ts';
import { request } from './request.ts';
import { workOrderPath } from './work-orders.ts';

/** What happened and why. With another `revision` it is asked for again. */
export function diagnosisQuery(id: WorkOrderId, revision: number) {
  return queryOptions({
    queryKey: ['work-order', id, 'diagnosis', revision],
    queryFn: ({ signal }) => request<DiagnosisView>(workOrderPath(id, '/diagnosis'), { signal }),
    gcTime: 10_000,
  });
}
