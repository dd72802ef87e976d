import { z } from 'zod';
import { WorkOrderIdText } from './common.ts';
import { StepNameSchema } from './work-order.ts';

export const UsualDurationsSchema = z
  .object({
    agent_work_order_id: WorkOrderIdText,
    usual_durations: z
      .array(
        z.object({
          step: StepNameSchema,
          median_seconds: z.number().meta({ description: 'Half of the attempts took no longer', example: 41.5 }),
          attempts: z.int().meta({ description: 'Of how many attempts, at most 50', example: 12 }),
          of: z.enum(['repository', 'everywhere']).meta({
            description: 'Of this repository; or of all, with the same agent, where this one has fewer than 3',
          }),
        }),
      )
      .readonly(),
  })
  .meta({
    id: 'UsualDurations',
    description: 'How long each step usually takes, from successful attempts; a step with too few is left out',
  });
export type UsualDurationsView = z.infer<typeof UsualDurationsSchema>;
