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
    truncated: z
      .literal(true)
      .optional()
      .meta({ description: 'Only with `max_length`: texts of this entry were cut; `/logs/{seq}` has it whole' }),
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
  event: z
    .string()
    .regex(/^[a-z0-9_]+(?:,[a-z0-9_]+)*$/, 'It must be kinds of entries with commas between them.')
    .max(500)
    .optional()
    .meta({ description: 'Only entries of these kinds', example: 'tool_call,tool_result' }),
  text: z.string().min(1).max(500).optional().meta({
    description: 'Only entries with this text in their message or data; A to Z are the same as a to z',
  }),
};

const maxLength = z.coerce.number().int().min(100).optional().meta({
  description: 'Cuts longer texts in `message` and `data` to so many characters, and marks their entries `truncated`',
});

export const LogPageQuery = z.object({
  ...filter,
  max_length: maxLength,
  limit: queryNumber({ from: 1, to: 1000, byDefault: 100 }).meta({ description: 'How many at most' }),
  offset: queryNumber({ from: 0, to: Number.MAX_SAFE_INTEGER, byDefault: 0 }).meta({
    description: 'How many to leave out at the beginning',
  }),
});

export const LogStreamQuery = z.object({
  ...filter,
  max_length: maxLength,
  after: queryNumber({ from: 0, to: Number.MAX_SAFE_INTEGER, byDefault: 0 }).meta({
    description: 'Only entries with a greater seq',
  }),
});

export const LogDownloadQuery = z.object({
  ...filter,
  format: z.enum(['text', 'ndjson']).default('text').meta({
    description: 'Lines for people, with control characters written out; or the JSON of an entry a line',
  }),
});

export const LogEntryParams = {
  seq: z.coerce.number().int().min(1).meta({ description: 'The number of the entry', example: 17 }),
};
