import { z } from 'zod';
import { WORK_ORDER_STATUSES } from '../domain/work-order.ts';
import { Timestamp, WorkOrderIdText } from './common.ts';
import { StepNameSchema } from './work-order.ts';

export const DiagnosisSchema = z
  .object({
    agent_work_order_id: WorkOrderIdText,
    status: z.enum(WORK_ORDER_STATUSES),
    summary: z.string().meta({ example: 'It failed at implement: The model is overloaded.' }),
    reason: z.string().nullable().meta({
      description: 'The code of the failure, or what is waited for; null where nothing is wrong',
      example: 'agent_overloaded',
    }),
    step: StepNameSchema.nullable(),
    evidence: z
      .array(
        z.object({ what: z.string(), text: z.string(), source: z.string().meta({ description: 'A path of the API' }) }),
      )
      .readonly(),
    timeline: z
      .array(z.object({ at: Timestamp, text: z.string() }))
      .readonly()
      .meta({ description: 'The latest chapters, the oldest first' }),
    remedies: z
      .array(z.object({ text: z.string(), command: z.string().nullable() }))
      .readonly()
      .meta({ description: 'What a person may do now' }),
  })
  .meta({ id: 'Diagnosis', description: 'What happened and why, from facts; no model was asked' });
export type DiagnosisView = z.infer<typeof DiagnosisSchema>;
