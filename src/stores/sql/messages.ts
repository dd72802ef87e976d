import type { Kysely, Selectable } from 'kysely';
import type { NewEvent } from '../../domain/event.ts';
import type { MessageId, WorkOrderId } from '../../domain/ids.ts';
import type { Message } from '../../domain/message.ts';
import type { Database, MessagesTable } from './database.ts';

const NOT_GIVEN = { given_at: null, given_step: null, given_attempt: null, given_how: null } as const;

/** Takes what an event says of messages into their rows; most events say nothing of them. */
export async function keepMessages(
  database: Kysely<Database>,
  at: { readonly workOrderId: WorkOrderId; readonly seq: number },
  event: NewEvent,
): Promise<void> {
  const { workOrderId: work_order_id, seq: queued_seq } = at;
  const { occurred_at } = event;
  const change = (prompt_id: MessageId, changes: Partial<MessagesTable>) =>
    database
      .updateTable('messages')
      .set(changes)
      .where('work_order_id', '=', work_order_id)
      .where('prompt_id', '=', prompt_id)
      .execute();
  switch (event.type) {
    case 'prompt_queued': {
      const { prompt_id } = event.data;
      const prompt_text = event.document ?? '';
      const row = { work_order_id, prompt_id, queued_seq, queued_at: occurred_at, prompt_text };
      await database
        .insertInto('messages')
        .values({ ...row, ...NOT_GIVEN })
        .execute();
      break;
    }
    case 'prompt_edited':
      await change(event.data.prompt_id, { prompt_text: event.document ?? '', edited_at: occurred_at });
      break;
    case 'prompt_withdrawn':
      await change(event.data.prompt_id, { withdrawn_at: occurred_at });
      break;
    case 'prompt_given': {
      const { prompt_id, step: given_step, attempt: given_attempt, how: given_how } = event.data;
      await change(prompt_id, { given_at: occurred_at, given_step, given_attempt, given_how });
      break;
    }
    case 'attempt_finished':
      if (event.data.success) break;
      // What it was given is queued again.
      await database
        .updateTable('messages')
        .set(NOT_GIVEN)
        .where('work_order_id', '=', work_order_id)
        .where('given_step', '=', event.data.step)
        .where('given_attempt', '=', event.data.attempt)
        .execute();
      break;
    default:
  }
}

/** In the order in which they were queued. */
export async function readMessages(
  database: Kysely<Database>,
  { workOrderId }: { readonly workOrderId: WorkOrderId },
): Promise<readonly Message[]> {
  const rows = await database
    .selectFrom('messages')
    .selectAll()
    .where('work_order_id', '=', workOrderId)
    .orderBy('queued_seq')
    .execute();
  return rows.map((row) => messageOf(row));
}

function messageOf(row: Selectable<MessagesTable>): Message {
  const { prompt_id, prompt_text, queued_at, edited_at, withdrawn_at } = row;
  const { given_at: at, given_step: step, given_attempt: attempt, given_how: how } = row;
  const isGiven = at !== null && step !== null && attempt !== null && how !== null;
  return {
    prompt_id,
    prompt_text,
    status: withdrawn_at !== null ? 'withdrawn' : isGiven ? 'given' : 'queued',
    queued_at,
    edited_at,
    given: isGiven ? { step, attempt, how, at } : null,
  };
}
