import { randomUUID } from 'node:crypto';
import type { ProcessInput } from '../../ports/process.ts';
import type { PermissionAnswer } from './permission.ts';

/** What is said to the program over its standard input, which is open until its result is there. */
export interface ClaudeDialogue {
  /** Opens the conversation and asks. For `ProcessSpec.stdin`. */
  begin(input: ProcessInput): void;
  /** Says something more while it works. The program names `id` when it takes it into its turn. */
  tell(message: { readonly id: string; readonly text: string }): void;
  answer(request: { readonly requestId: string; readonly input: unknown; readonly answer: PermissionAnswer }): void;
  /** For what it asks that is not offered here: without an answer it would wait. */
  refuse(requestId: string): void;
  /** Ends its turn: it stops its tools and gives a result with its usage. For `ProcessSpec.interrupt`. */
  interrupt(): void;
  /** Lets the program end. */
  end(): void;
}

export function createClaudeDialogue({ prompt }: { readonly prompt: string }): ClaudeDialogue {
  let open: ProcessInput | null = null;
  const say = (message: object): void => open?.write(`${JSON.stringify(message)}\n`);
  const ask = (request_id: string, subtype: string): void =>
    say({ type: 'control_request', request_id, request: { subtype } });
  const tell = (uuid: string, text: string): void => {
    const content = [{ type: 'text', text }];
    say({ type: 'user', uuid, session_id: '', parent_tool_use_id: null, message: { role: 'user', content } });
  };
  const respond = (response: object): void => say({ type: 'control_response', response });

  return {
    begin(input) {
      open = input;
      ask('initialize', 'initialize');
      // What begins with a slash could be one of its commands.
      tell(randomUUID(), prompt.startsWith('/') ? `\n${prompt}` : prompt);
    },
    tell({ id, text }) {
      tell(id, text);
    },
    answer({ requestId: request_id, input, answer }) {
      const response = answer.allowed
        ? { behavior: 'allow', updatedInput: input }
        : { behavior: 'deny', message: answer.message };
      respond({ subtype: 'success', request_id, response });
    },
    refuse(request_id) {
      respond({ subtype: 'error', request_id, error: 'This is not offered here.' });
    },
    interrupt() {
      ask('interrupt', 'interrupt');
    },
    end() {
      open?.end();
    },
  };
}
