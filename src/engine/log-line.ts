import type { LogLevel } from '../ports/store.ts';

/** An entry for the log of an attempt, before it belongs to one. */
export interface LogLine {
  readonly level: LogLevel;
  readonly event: string;
  readonly message: string;
  readonly data?: unknown;
}
