import type { ProcessEnd } from '../../ports/process.ts';
import type { Failure } from '../end.ts';
import { diedOf } from '../end.ts';
import { failureOfText } from './failure.ts';
import type { PromptAnswer } from './schema.ts';
import type { UpdateReader } from './update-reader.ts';

/** Why a program that ended by itself has no answer. */
export function failureOfEnd(end: ProcessEnd, { program }: { readonly program: string }): Failure {
  const crashed: Failure = { errorCode: 'agent_crashed', errorMessage: `${program} ended without its result.` };
  return diedOf(end, { program }) ?? crashed;
}

/**
 * Why an answered turn is not a success, or null. `end_turn` proves nothing: failures of the model told in words, denied
 * edits and an empty turn all end with it.
 */
export function failureOfTurn(
  turn: PromptAnswer,
  {
    program,
    reader,
    denied,
  }: {
    readonly program: string;
    readonly reader: Pick<UpdateReader, 'lastMessage' | 'usedTools' | 'failed'>;
    readonly denied: readonly string[];
  },
): Failure | null {
  switch (turn.stopReason ?? '') {
    case 'refusal':
      return { errorCode: 'agent_refused', errorMessage: 'The model refused the request.' };
    case 'max_tokens':
      return {
        errorCode: 'agent_context_full',
        errorMessage: `${program} ran out of tokens in the middle of its turn.`,
      };
    case 'max_turn_requests':
      return { errorCode: 'agent_turn_limit', errorMessage: `${program} reached its limit of turns.` };
  }
  if (denied.length > 0) {
    const tools = [...new Set(denied)].join(', ');
    return { errorCode: 'agent_permission_denied', errorMessage: `${program} was denied the use of ${tools}.` };
  }
  if (turn.stopReason === 'cancelled') {
    return { errorCode: 'agent_killed', errorMessage: `The turn of ${program} was cancelled from outside.` };
  }
  const lastMessage = reader.lastMessage();
  if (reader.failed || (turn.usage === null && !reader.usedTools)) {
    const told = failureOfText(lastMessage);
    if (told !== null) return told;
    if (reader.failed) return { errorCode: 'agent_crashed', errorMessage: `${program} says that its turn failed.` };
  }
  if (lastMessage === '' && !reader.usedTools) {
    return { errorCode: 'agent_said_nothing', errorMessage: `${program} ended its turn without a word.` };
  }
  return null;
}
