import type { z } from 'zod';
import type {
  ApproveSchema,
  EditPlanSchema,
  ForkSchema,
  RejectSchema,
  RetrySchema,
  RewindSchema,
} from '../../../src/contract/control.ts';
import type { CreatedWorkOrder } from '../../../src/contract/work-order.ts';
import type { WorkOrderId } from '../../../src/domain/ids.ts';
import { request, send } from './request.ts';
import { workOrderPath } from './work-orders.ts';

/** What a work order is told. Each resolves when it is durable, and rejects with the reason where it does not fit. */
export type Control =
  | { readonly action: 'cancel' | 'pause' | 'resume' }
  | { readonly action: 'approve'; readonly body: z.input<typeof ApproveSchema> }
  | { readonly action: 'reject'; readonly body: z.input<typeof RejectSchema> }
  | { readonly action: 'retry'; readonly body: z.input<typeof RetrySchema> }
  | { readonly action: 'rewind'; readonly body: z.input<typeof RewindSchema> };

export async function control(id: WorkOrderId, wish: Control): Promise<void> {
  const body = 'body' in wish ? { body: wish.body } : {};
  await send(workOrderPath(id, `/${wish.action}`), { method: 'POST', ...body });
}

/** The same key makes the same work order, however often it is sent. */
export function fork(
  id: WorkOrderId,
  body: z.input<typeof ForkSchema>,
  idempotencyKey: string,
): Promise<CreatedWorkOrder> {
  const headers = { 'idempotency-key': idempotencyKey };
  return request(workOrderPath(id, '/fork'), { method: 'POST', body, headers });
}

export async function editPlan(id: WorkOrderId, body: z.input<typeof EditPlanSchema>): Promise<void> {
  await send(workOrderPath(id, '/plan'), { method: 'PUT', body });
}
