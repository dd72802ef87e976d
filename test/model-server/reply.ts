import type { Conversation } from './conversation.ts';
import type { Fault } from './faults.ts';

/** What the model wants done, in no program's words; `tools.ts` finds the tool for it. */
export type Action =
  | { readonly write: { readonly path: string; readonly content: string } }
  | { readonly run: string }
  | { readonly read: string };

/** Tokens that a reply is said to have cost. `input` is all of it; `cached` is the part that was read from a cache. */
export interface Usage {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
}

export interface Answer {
  readonly thinking?: string;
  readonly text?: string;
  readonly actions?: readonly Action[];
  /** The structured answer, for a program that wants one; made to fit its schema where it does not. */
  readonly json?: unknown;
  readonly usage?: Usage;
}

export type Reply = Answer | { readonly fault: Fault };

/** From a conversation to what the model says next. Pure, unless a test wants otherwise. */
export type Scenario = (conversation: Conversation) => Reply;

export const DEFAULT_USAGE: Usage = { input: 1200, cached: 300, output: 42 };
