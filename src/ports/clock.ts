/** The time. Tests bring their own; nothing else is mocked but randomness. */
export interface Clock {
  now(): Date;
  /** Milliseconds from a point that does not move when the clock is set. */
  monotonicMs(): number;
  /** Resolves after `ms`, or at once when `signal` aborts; never rejects. Does not keep the process alive. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
