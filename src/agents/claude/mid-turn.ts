import { randomUUID } from 'node:crypto';
import type { AgentRun, ComingMessage } from '../../ports/agent.ts';
import type { ClaudeDialogue } from './dialogue.ts';

/** The messages that are said to the program while it works. */
export interface MidTurn {
  onLifecycle(line: { readonly id: string; readonly state: string }): Promise<void>;
  /** Whether something was said that it has not taken yet. */
  readonly waits: boolean;
}

/**
 * Nothing is said before the program has told what becomes of its prompt: a version that does not tell could neither be
 * believed to have taken a message, nor to end.
 */
export function createMidTurn({
  run: { onMessage },
  dialogue,
}: {
  readonly run: Pick<AgentRun, 'onMessage'>;
  readonly dialogue: Pick<ClaudeDialogue, 'tell'>;
}): MidTurn {
  const open = new Map<string, ComingMessage>();
  let tells = false;

  return {
    get waits() {
      return open.size > 0;
    },
    async onLifecycle({ id, state }) {
      if (!tells) {
        tells = true;
        onMessage?.(offer);
      }
      const message = open.get(id);
      if (!message || state === 'queued') return;
      open.delete(id);
      // It may also say that it has dropped it.
      if (state === 'started') await message.taken();
    },
  };

  function offer(message: ComingMessage): void {
    const id = randomUUID();
    open.set(id, message);
    dialogue.tell({ id, text: message.text });
  }
}
