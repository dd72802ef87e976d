/** Structured log of the service itself; the log of a work order is in the store. Never throws. */
export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

/** snake_case names; a value under `err` is logged as an error with its stack. */
export type LogFields = Readonly<Record<string, unknown>>;
