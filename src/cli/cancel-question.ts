/** What Ctrl-C means in a command that carries a work order. */
export interface CancelQuestion {
  /** Ctrl-C, as a signal. */
  interrupt(): void;
  /** Says that a cancel did not go through, so that it may be tried again. */
  failed(reason: string): void;
  /** Gives the keyboard back. May be called twice. */
  close(): void;
}

/** What of standard input is needed. */
export interface Keyboard {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
  on(event: 'data', listener: (bytes: Buffer) => void): unknown;
  off(event: 'data', listener: (bytes: Buffer) => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

const CTRL_C = 0x03;
const LEAVE_KEY = 'd';

/**
 * Asks once before a work order is cancelled: the second Ctrl-C cancels, another key goes on. A third one, while the
 * cancel is being waited for, gives up waiting. Without a keyboard to answer on, the first one cancels.
 */
export function createCancelQuestion({
  keyboard,
  canLeave,
  ask,
  onCancel,
  onLeave,
  onGiveUp,
}: {
  readonly keyboard: Keyboard;
  /** True where the work order goes on without this command. */
  readonly canLeave: boolean;
  /** Shows the question, or what is being waited for; null takes it away. */
  readonly ask: (text: string | null) => void;
  readonly onCancel: () => void;
  readonly onLeave: () => void;
  readonly onGiveUp: () => void;
}): CancelQuestion {
  let state: 'quiet' | 'asking' | 'cancelling' = 'quiet';

  function setKeys(wanted: boolean): void {
    // In raw mode Ctrl-C comes as a key; every other key would otherwise wait for Enter.
    keyboard.setRawMode?.(wanted);
    keyboard.off('data', onKey);
    if (wanted) {
      keyboard.on('data', onKey);
      keyboard.resume();
    } else keyboard.pause();
  }

  function stopAsking(): void {
    if (state !== 'asking') return;
    setKeys(false);
    process.off('exit', stopAsking);
    state = 'quiet';
  }

  function onKey(bytes: Buffer): void {
    if (bytes.includes(CTRL_C)) interrupt();
    else if (canLeave && bytes.toString('utf8').toLowerCase() === LEAVE_KEY) {
      stopAsking();
      ask(null);
      onLeave();
    } else {
      stopAsking();
      ask(null);
    }
  }

  function interrupt(): void {
    if (state === 'cancelling') return onGiveUp();
    if (state === 'quiet' && keyboard.isTTY) {
      state = 'asking';
      setKeys(true);
      process.on('exit', stopAsking);
      const leave = canLeave ? `, ${LEAVE_KEY} to leave it running` : '';
      return ask(`Cancel this work order? Press Ctrl-C again to cancel it${leave}, any other key to go on.`);
    }
    stopAsking();
    state = 'cancelling';
    ask('Cancelling: waiting until the agent has ended. Ctrl-C again stops the waiting.');
    onCancel();
  }

  return {
    interrupt,
    failed(reason) {
      state = 'quiet';
      ask(`It could not be cancelled: ${reason} Press Ctrl-C to try again.`);
    },
    close: stopAsking,
  };
}
