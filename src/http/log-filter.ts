import type { z } from 'zod';
import type { LogDownloadQuery } from '../contract/logs.ts';
import type { LogFilter } from '../ports/store.ts';

type FilterQuery = Omit<z.infer<typeof LogDownloadQuery>, 'format'>;

/** The filter of a query in the store's form: times in UTC, `warning` (the word of older clients) as `warn`. */
export function logFilter({ step, level, since, event, text }: FilterQuery): LogFilter {
  return {
    ...(step === undefined ? {} : { step }),
    ...(level === undefined ? {} : { level: level === 'warning' ? 'warn' : level }),
    ...(since === undefined ? {} : { since: new Date(since).toISOString() }),
    ...(event === undefined ? {} : { events: event.split(',') }),
    ...(text === undefined ? {} : { text }),
  };
}
