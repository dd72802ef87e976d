import type { MessageId } from '../domain/ids.ts';
import type { ComingMessage } from '../ports/agent.ts';

/** A message in the words in which an agent is told it in the middle of a turn. */
export interface MidTurnMessage {
  readonly id: MessageId;
  readonly prompt: string;
}

interface Turn {
  /** What is queued now. */
  readonly queued: () => Promise<readonly MidTurnMessage[]>;
  /** Records that the agent has been given one. */
  readonly give: (message: MidTurnMessage) => Promise<void>;
}

/**
 * Hands the messages that come while an agent works to one that takes them in the middle of its turn. From the offer until
 * the agent has taken it, or its turn has ended, a message is out of a person's hands.
 */
export class MidTurnMessages {
  readonly #offered = new Set<MessageId>();
  #look: (() => void) | null = null;

  isOffered(id: MessageId): boolean {
    return this.#offered.has(id);
  }

  /** To be called when a message was queued. */
  wake(): void {
    this.#look?.();
  }

  /** For `AgentRun.onMessage`. It ends with `close`. */
  open(turn: Turn): (offer: (message: ComingMessage) => void) => void {
    return (offer) => {
      const look = (): void => void this.#offerQueued(turn, { look, offer });
      // A second time when its program is begun anew: the first one has not worked.
      this.#offered.clear();
      this.#look = look;
      look();
    };
  }

  /** What was offered and not taken is queued as before. */
  close(): void {
    this.#look = null;
    this.#offered.clear();
  }

  async #offerQueued(
    { queued, give }: Turn,
    { look, offer }: { readonly look: () => void; readonly offer: (message: ComingMessage) => void },
  ): Promise<void> {
    let messages: readonly MidTurnMessage[];
    try {
      messages = await queued();
    } catch {
      // They stay queued: the next turn, or the next attempt, has them.
      return;
    }
    if (this.#look !== look) return;
    for (const message of messages) {
      const { id, prompt } = message;
      if (this.#offered.has(id)) continue;
      this.#offered.add(id);
      const taken = async (): Promise<void> => {
        // After the end of its turn it was queued again.
        if (this.#look !== look) return;
        // An outdone writer refuses; the run then ends by its signal, not by the agent's stream.
        await give(message).catch(() => undefined);
        this.#offered.delete(id);
      };
      offer({ text: prompt, taken });
    }
  }
}
