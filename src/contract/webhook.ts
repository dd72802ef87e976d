import { z } from 'zod';
import { WorkOrderIdText } from './common.ts';

export const WebhookAnswerSchema = z
  .object({
    agent_work_order_id: WorkOrderIdText.nullable().meta({
      description: 'The work order of this delivery; null where there is none, or none yet',
    }),
    message: z.string().meta({ example: 'The delivery was taken in; the work order is made behind it.' }),
  })
  .meta({ id: 'WebhookAnswer' });
