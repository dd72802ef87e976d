import { z } from 'zod';
import { MESSAGE_STATUSES, MESSAGE_WAYS } from '../domain/message.ts';
import { Timestamp, WorkOrderIdText } from './common.ts';
import { words } from './control.ts';
import { StepNameSchema } from './work-order.ts';

const PromptIdText = z.string().meta({ description: 'The id of the message', example: 'p-4f7k2m9x' });

/** The body of `POST …/prompt`. */
export const QueueMessageSchema = z
  .object({
    prompt_text: words.meta({ description: 'Words for the agent', example: 'Take the blue of the logo.' }),
    agent_work_order_id: z.string().nullish().meta({ description: 'As in the path; older clients send it' }),
  })
  .meta({ id: 'QueueMessage' });

export const QueuedMessageSchema = z
  .object({
    success: z.boolean(),
    message: z.string().meta({ example: 'The message is queued for the agent.' }),
    agent_work_order_id: WorkOrderIdText,
    prompt_id: PromptIdText,
  })
  .meta({ id: 'QueuedMessage' });

export const EditMessageSchema = z
  .object({ prompt_text: words.meta({ description: 'The words that take the place of those before' }) })
  .meta({ id: 'EditMessage' });

export const MessageSchema = z
  .object({
    prompt_id: PromptIdText,
    prompt_text: z.string(),
    status: z
      .enum(MESSAGE_STATUSES)
      .meta({ description: 'Given once; queued again where that attempt has not succeeded' }),
    queued_at: Timestamp,
    edited_at: Timestamp.nullable(),
    given: z
      .object({
        step: StepNameSchema,
        attempt: z.int(),
        how: z.enum(MESSAGE_WAYS).meta({
          description: 'Behind the prompt of the attempt, in the middle of a turn, or as the next turn of its session',
        }),
        at: Timestamp,
      })
      .nullable(),
  })
  .meta({ id: 'Message', description: 'Words of a person for the agent of a work order that goes on' });
export type MessageView = z.infer<typeof MessageSchema>;

export const MessagesSchema = z
  .object({ agent_work_order_id: WorkOrderIdText, prompts: z.array(MessageSchema).readonly() })
  .meta({ id: 'Messages' });
export type MessagesView = z.infer<typeof MessagesSchema>;
