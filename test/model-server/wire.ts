import type { Conversation, FormatName } from './conversation.ts';
import type { Json } from './json.ts';
import type { Usage } from './reply.ts';
import type { ToolCall } from './tools.ts';

/** What is said on the wire, with the tools of the program that asked. */
export interface Spoken {
  readonly model: string;
  readonly thinking: string;
  readonly text: string;
  readonly calls: readonly ToolCall[];
  readonly usage: Usage;
  /** The model has refused; `text` is what it says to that. */
  readonly refused: boolean;
}

/** One server-sent event. */
export interface WireEvent {
  readonly event: string | null;
  readonly data: unknown;
}

/** One vendor's way of asking a model and of being answered. */
export interface WireFormat {
  readonly name: FormatName;
  read(request: { readonly body: Json; readonly model: string }): Conversation;
  /** The answer as a stream, from its first event to its last. */
  events(spoken: Spoken): readonly WireEvent[];
  /** The answer in one piece. */
  whole(spoken: Spoken): unknown;
}

/** Text in the pieces in which it is streamed. */
export function pieces(text: string): readonly string[] {
  return text.match(/[\s\S]{1,24}/g) ?? [];
}
