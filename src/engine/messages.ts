import { WorkOrderError } from '../domain/errors.ts';
import type { MessageId, WorkOrderId } from '../domain/ids.ts';
import { isQueued } from '../domain/message.ts';
import type { Store } from '../ports/store.ts';
import type { MidTurnMessage } from './mid-turn.ts';
import type { RunContext } from './run-context.ts';
import { workOrderOf } from './run-context.ts';

/** Messages to be made a part of what an agent is asked. */
export interface TakenMessages {
  readonly ids: readonly MessageId[];
  readonly texts: readonly string[];
}

export const NO_MESSAGES: TakenMessages = { ids: [], texts: [] };

/**
 * The messages that are queued now, with their texts as they are now: who records in the same turn that they are given
 * gives what the history shows. Rejects with `store_unavailable`, or as `HistoryWriter.settled`.
 */
export async function queuedMessages(context: RunContext): Promise<TakenMessages> {
  for (;;) {
    const { agent_work_order_id: workOrderId, messages } = workOrderOf(context);
    const ids = messages.filter(isQueued).map(({ prompt_id }) => prompt_id);
    if (ids.length === 0) return NO_MESSAGES;
    // A text that is not saved yet cannot be read.
    await context.history.settled(context.signal);
    const saved = new Map(
      (await context.messages.messages({ workOrderId })).map(({ prompt_id, prompt_text }) => [prompt_id, prompt_text]),
    );
    // One that came, or was edited or withdrawn meanwhile: read again.
    if (workOrderOf(context).messages !== messages) continue;
    return { ids, texts: ids.map((id) => saved.get(id) ?? '') };
  }
}

/** The same, each by itself, as an agent is told it in the middle of a turn. */
export async function queuedForMidTurn(context: RunContext): Promise<readonly MidTurnMessage[]> {
  const { ids, texts } = await queuedMessages(context);
  return ids.map((id, index) => ({ id, prompt: context.redactor.own(toldMidTurn(texts[index] ?? '')) }));
}

/** Whether messages are part of what the running attempt was asked: the next one has to be asked for them too if it is cut. */
export function wasGivenMessages(context: RunContext): boolean {
  return workOrderOf(context).messages.some((message) => !isQueued(message));
}

/** Rejects with `message_not_found` for one that was never queued, or `work_order_not_found`. */
export async function expectMessage(
  store: Pick<Store, 'messages' | 'workOrder'>,
  { workOrderId, promptId }: { readonly workOrderId: WorkOrderId; readonly promptId: MessageId },
): Promise<void> {
  const messages = await store.messages({ workOrderId });
  if (messages.some(({ prompt_id }) => prompt_id === promptId)) return;
  if (!(await store.workOrder({ workOrderId })))
    throw new WorkOrderError('work_order_not_found', `Work order ${workOrderId} not found.`);
  throw new WorkOrderError('message_not_found', `Work order ${workOrderId} has no message ${promptId}.`);
}

/** A prompt, and behind it the messages. */
export function withMessages(prompt: string, { texts }: TakenMessages): string {
  if (texts.length === 0) return prompt;
  return `${prompt.trimEnd()}\n\n## Messages of the user\n\nThey came while this work order was going on. Where they differ from the above, they count; what the folder holds already is what was made before they came.\n\n${listed(texts)}`;
}

/** The next turn of a session that has just ended its turn. */
export function turnOf({ texts }: TakenMessages): string {
  return `While you were at work, the user has sent this:\n\n${listed(texts)}\nDo what it asks for in the same folder, under the same rules as before. Then give your whole answer once more, in the form that was asked for: it takes the place of the one before.\n`;
}

function toldMidTurn(text: string): string {
  return `The user has sent this while you are at work:\n\n${listed([text])}\nTake it into account from here on, under the same rules as before; where it differs from what you were asked, it counts. Your last answer is still to be whole, in the form that was asked for.\n`;
}

function listed(texts: readonly string[]): string {
  return texts.map((text) => `<message>\n${text.trim()}\n</message>\n`).join('\n');
}
