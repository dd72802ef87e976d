import { z } from 'zod';
import { Timestamp, WorkOrderIdText, queryNumber } from './common.ts';
import { StepNameSchema } from './work-order.ts';

export const LogLevelSchema = z.enum(['debug', 'info', 'warn', 'error']);

export const LogEntrySchema = z
  .object({
    seq: z.int().meta({ description: 'From 1 within the work order, without a gap', example: 17 }),
    timestamp: Timestamp,
    level: LogLevelSchema,
    event: z.string().meta({ description: 'What kind of line', example: 'tool_call' }),
    step: StepNameSchema.nullable(),
    attempt: z.int().nullable(),
    message: z.string().meta({ example: 'editing src/theme.ts' }),
    data: z.unknown().meta({ description: 'Depends on the event; may be null' }),
  })
  .meta({ id: 'LogEntry', description: 'One line of what an agent or the service said during an attempt' });

export const LogPageSchema = z
  .object({
    agent_work_order_id: WorkOrderIdText,
    log_entries: z.array(LogEntrySchema).readonly(),
    total: z.int().meta({ description: 'How many entries fit the filter' }),
    limit: z.int(),
    offset: z.int(),
  })
  .meta({ id: 'LogPage' });
export type LogPage = z.infer<typeof LogPageSchema>;

const filter = {
  step: StepNameSchema.optional().meta({ description: 'Only entries of this step' }),
  level: z
    .enum([...LogLevelSchema.options, 'warning'])
    .optional()
    .meta({ description: 'This level and what is worse; warning is the same as warn' }),
  since: z.iso
    .datetime({ offset: true, error: 'It must be a time, such as 2026-11-23T09:30:00.000Z.' })
    .optional()
    .meta({ description: 'Only entries at or after this time' }),
};

export const LogPageQuery = z.object({
  ...filter,
  limit: queryNumber({ from: 1, to: 1000, byDefault: 100 }).meta({ description: 'How many at most' }),
  offset: queryNumber({ from: 0, to: Number.MAX_SAFE_INTEGER, byDefault: 0 }).meta({
    description: 'How many to leave out at the beginning',
  }),
});

export const LogStreamQuery = z.object({
  ...filter,
  after: queryNumber({ from: 0, to: Number.MAX_SAFE_INTEGER, byDefault: 0 }).meta({
    description: 'Only entries with a greater seq',
  }),
});
