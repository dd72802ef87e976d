import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { CreatedWorkOrderSchema } from '../contract/work-order.ts';
import type { WorkOrder } from '../domain/work-order.ts';
import type { AppEnv } from './dependencies.ts';
import { json } from './responses.ts';

export const IdempotencyHeaders = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x20-\x7e]{1,255}$/, 'It must be 1 to 255 printable ASCII characters.')
    .optional()
    .meta({
      description: 'A repeat with the same key and body makes no second work order but gets the first answer',
      example: '0b0f5a1e-6f3d-4b3a-9a51-3f1f4d1c7a10',
    }),
});

/** The answer to what makes a work order. */
export const ACCEPTED = {
  ...json('The work order was accepted', CreatedWorkOrderSchema),
  headers: {
    Location: { description: 'The path of the work order', schema: { type: 'string' as const } },
    'Idempotency-Replayed': {
      description: '`true` when this is the answer to an earlier request with the same key',
      schema: { type: 'string' as const },
    },
  },
};

/** Sets the headers of the answer, and returns its body. */
export function accepted(
  context: Context<AppEnv>,
  { workOrder, created }: { readonly workOrder: WorkOrder; readonly created: boolean },
) {
  const id = workOrder.agent_work_order_id;
  context.header('location', `/agent-work-orders/${id}`);
  if (!created) context.header('idempotency-replayed', 'true');
  // A repeat gets the first answer word for word, however far the work has come since.
  const message = `The work order was accepted. Follow it at /agent-work-orders/${id}/steps.`;
  return { agent_work_order_id: id, status: 'pending' as const, message };
}
