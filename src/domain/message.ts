import type { MessageId } from './ids.ts';
import type { EndedAttempt } from './step.ts';
import type { StepName } from './workflow.ts';

/** How a message has reached an agent: behind the prompt of an attempt, in the middle of a turn, or as the next turn. */
export const MESSAGE_WAYS = ['prompt', 'mid_turn', 'next_turn'] as const;
export type MessageWay = (typeof MESSAGE_WAYS)[number];

export const MESSAGE_STATUSES = ['queued', 'given', 'withdrawn'] as const;

/** Words of a person for the agent of a work order that goes on, as they are on the wire. */
export interface Message {
  readonly prompt_id: MessageId;
  readonly prompt_text: string;
  readonly status: (typeof MESSAGE_STATUSES)[number];
  readonly queued_at: string;
  /** When the text was last changed; null when it never was. */
  readonly edited_at: string | null;
  /** Null until it is given, and again when that attempt has not succeeded. */
  readonly given: {
    readonly step: StepName;
    readonly attempt: number;
    readonly how: MessageWay;
    readonly at: string;
  } | null;
}

/** Where a message stands that is not done with: no attempt that was given it has succeeded. */
export interface OpenMessage {
  readonly prompt_id: MessageId;
  /** The running attempt that was given it; null while it is queued. */
  readonly given_to: { readonly step: StepName; readonly attempt: number } | null;
}

/** More than this are refused, so that a prompt and the state of a work order stay of bounded size. */
export const MAX_OPEN_MESSAGES = 20;

export function isQueued({ given_to }: OpenMessage): boolean {
  return given_to === null;
}

/** What a successful attempt was given is done with; what another one was given is queued again. */
export function messagesAfter(
  messages: readonly OpenMessage[],
  { step, attempt, success }: EndedAttempt,
): readonly OpenMessage[] {
  const isOfIt = ({ given_to }: OpenMessage) => given_to?.step === step && given_to.attempt === attempt;
  if (success) return messages.filter((message) => !isOfIt(message));
  return messages.map((message) => (isOfIt(message) ? { prompt_id: message.prompt_id, given_to: null } : message));
}
