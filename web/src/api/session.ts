/**
 * Whether the service lets this page in. Where it wants a token, the page gives it once, and the browser keeps what the
 * service gives for it in a cookie that no script can read.
 */
class Session {
  private locked = false;
  private readonly listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly isLocked = (): boolean => this.locked;

  lock(): void {
    this.set(true);
  }

  unlock(): void {
    this.set(false);
  }

  private set(locked: boolean): void {
    if (this.locked === locked) return;
    this.locked = locked;
    for (const listener of this.listeners) listener();
  }
}

export const session = new Session();
