import { z } from 'zod';
import { WorkOrderIdText } from './common.ts';
import { PhaseSchema, StepNameSchema } from './work-order.ts';

export const GitProgressSchema = z
  .object({
    agent_work_order_id: WorkOrderIdText,
    current_phase: PhaseSchema.meta({ description: 'planning before the first step' }),
    git_commit_count: z.int(),
    git_files_changed: z.int(),
    git_lines_added: z.int(),
    git_lines_removed: z.int(),
    latest_commit_message: z.string().nullable(),
    git_branch_name: z.string().nullable(),
    git_commit: z.string().nullable(),
    base_branch: z.string().nullable(),
    base_commit: z.string().nullable(),
  })
  .meta({ id: 'GitProgress' });

export const DiffQuery = z.object({
  step: StepNameSchema.optional().meta({ description: 'Only what the latest attempt at this step changed' }),
  white_space: z
    .enum(['show', 'ignore'])
    .default('show')
    .meta({ description: '`ignore` leaves out what differs in white space alone' }),
  download: z.enum(['true', 'false']).default('false').meta({ description: '`true` for a file; at most 64 MiB then' }),
});

export const PlanQuery = z.object({
  version: z.coerce.number().int().min(1).optional().meta({ description: 'The latest when absent' }),
});
