import { queryOptions } from '@tanstack/react-query';
import type { CreateWorkOrder } from '../../../src/contract/create-work-order.ts';
import type { CreatedWorkOrder, WorkOrderView } from '../../../src/contract/work-order.ts';
import type { StepsView } from '../../../src/contract/steps.ts';
import { request } from './request.ts';

const ROOT = '/agent-work-orders';

export function workOrderPath(id: string, rest = ''): string {
  return `${ROOT}/${encodeURIComponent(id)}${rest}`;
}

export function workOrdersQuery() {
  return queryOptions({
    queryKey: ['work-orders'],
    queryFn: ({ signal }) => request<readonly WorkOrderView[]>(ROOT, { signal }),
  });
}

export function workOrderQuery(id: string) {
  return queryOptions({
    queryKey: ['work-order', id],
    queryFn: ({ signal }) => request<WorkOrderView>(workOrderPath(id), { signal }),
  });
}

export function stepsQuery(id: string) {
  return queryOptions({
    queryKey: ['work-order', id, 'steps'],
    queryFn: ({ signal }) => request<StepsView>(workOrderPath(id, '/steps'), { signal }),
  });
}

/** The same key makes the same work order, however often it is sent. */
export function createWorkOrder(body: CreateWorkOrder, idempotencyKey: string): Promise<CreatedWorkOrder> {
  return request(ROOT, { method: 'POST', body, headers: { 'idempotency-key': idempotencyKey } });
}
