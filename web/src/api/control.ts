import type { ChangeBudget } from '../../../src/contract/budget.ts';
import type { Approve, EditPlan, Fork, Reject, Retry, Rewind } from '../../../src/contract/control.ts';
import type { CreatedWorkOrder } from '../../../src/contract/work-order.ts';
import type { WorkOrderId } from '../../../src/domain/ids.ts';
import { request, send } from './request.ts';
import { workOrderPath } from './work-orders.ts';

/** What a work order is told. Each resolves when it is durable, and rejects with the reason where it does not fit. */
export type Control =
  | { readonly action: 'cancel' | 'pause' | 'resume' }
  | { readonly action: 'budget'; readonly body: ChangeBudget }
  | { readonly action: 'approve'; readonly body: Approve }
  | { readonly action: 'reject'; readonly body: Reject }
  | { readonly action: 'retry'; readonly body: Retry }
  | { readonly action: 'rewind'; readonly body: Rewind };

export async function control(id: WorkOrderId, wish: Control): Promise<void> {
  const body = 'body' in wish ? { body: wish.body } : {};
  await send(workOrderPath(id, `/${wish.action}`), { method: 'POST', ...body });
}

/** The same key makes the same work order, however often it is sent. */
export function fork(id: WorkOrderId, body: Fork, idempotencyKey: string): Promise<CreatedWorkOrder> {
  const headers = { 'idempotency-key': idempotencyKey };
  return request(workOrderPath(id, '/fork'), { method: 'POST', body, headers });
}

export async function editPlan(id: WorkOrderId, body: EditPlan): Promise<void> {
  await send(workOrderPath(id, '/plan'), { method: 'PUT', body });
}
