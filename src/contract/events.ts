import { z } from 'zod';
import { Timestamp, WorkOrderIdText, queryNumber } from './common.ts';

/** An event as a reader sees it: its type is open, since new ones may come and readers ignore what they do not know. */
export const EventSchema = z
  .object({
    agent_work_order_id: WorkOrderIdText,
    seq: z.int().meta({ description: 'From 1 within the work order, without a gap', example: 4 }),
    position: z.int().meta({ description: 'Over the whole store, increasing in the order of commits', example: 128 }),
    type: z.string().meta({
      description:
        'work_order_created, attempts_inherited (of a fork), work_order_started, _waiting, _resumed, _reopened, _cancel_requested, _completed, _failed or ' +
        '_cancelled; attempt_started, attempt_prompted, session_started, turn_finished, attempt_finished; effect_intended, ' +
        'effect_done; plan_saved; prompt_queued, prompt_edited, prompt_withdrawn, prompt_given; budget_changed; note. New types may come: ignore what you do not know',
      example: 'attempt_started',
    }),
    occurred_at: Timestamp,
    data: z.record(z.string(), z.unknown()).meta({
      description: 'Depends on the type; that of attempt_finished is an ended attempt',
      example: { step: 'classify', agent_name: 'classifier', attempt: 1 },
    }),
  })
  .meta({ id: 'Event', description: 'An immutable fact about a work order' });

export const EventsPageSchema = z
  .object({
    agent_work_order_id: WorkOrderIdText,
    events: z.array(EventSchema).readonly(),
    next_after: z.int().meta({ description: 'Give it as after to read on', example: 4 }),
    last_seq: z.int().meta({ description: 'The number of the latest event', example: 31 }),
  })
  .meta({ id: 'EventsPage' });

export const EventsQuery = z.object({
  after: queryNumber({ from: 0, to: Number.MAX_SAFE_INTEGER, byDefault: 0 }).meta({
    description: 'Only events with a greater seq',
  }),
  limit: queryNumber({ from: 1, to: 1000, byDefault: 100 }).meta({ description: 'How many at most; not for streams' }),
});

export const PositionQuery = z.object({
  after: z
    .union([z.literal('latest'), queryNumber({ from: 0, to: Number.MAX_SAFE_INTEGER, byDefault: 0 })])
    .meta({ description: 'Only events with a greater position; latest: only those that come from now on' }),
});

/** `Last-Event-ID`: what a stream had sent last; it goes before `after`. */
export const LastEventIdHeader = z.object({
  'last-event-id': z
    .string()
    .regex(/^\d{0,15}$/, 'It must be the id of an event of this stream: a whole number from 0.')
    .optional()
    .meta({ description: 'The id that was received last; the stream goes on after it', example: '4' }),
});
