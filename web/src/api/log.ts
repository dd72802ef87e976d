import { queryOptions } from '@tanstack/react-query';
import type { LogPage } from '../../../src/contract/logs.ts';
import type { WorkOrderId } from '../../../src/domain/ids.ts';
import type { StepName } from '../../../src/domain/workflow.ts';
import { request } from './request.ts';
import { workOrderPath } from './work-orders.ts';

export type LogEntry = LogPage['log_entries'][number];
export type LogLevel = LogEntry['level'];

/** Which entries are wanted; null for no matter. */
export interface LogFilter {
  readonly step: StepName | null;
  /** This level and what is worse. */
  readonly level: LogLevel | null;
  /** Kinds of entries; empty for all of them. */
  readonly events: readonly string[];
  /** Words in the message or the data; empty for none. */
  readonly text: string;
}

/** Longer texts come as their beginning; what is shown whole is asked for one entry at a time. */
const PREVIEW_CHARACTERS = 4_000;

export function logPage(
  id: WorkOrderId,
  filter: LogFilter,
  { offset, limit, signal }: { readonly offset: number; readonly limit: number; readonly signal: AbortSignal },
): Promise<LogPage> {
  const query = queryOf(filter, { offset, limit, max_length: PREVIEW_CHARACTERS });
  return request(workOrderPath(id, `/logs?${query}`), { signal });
}

export function logStreamPath(id: WorkOrderId, filter: LogFilter): string {
  return workOrderPath(id, `/logs/stream?${queryOf(filter, { max_length: PREVIEW_CHARACTERS })}`);
}

export function logDownloadPath(id: WorkOrderId, filter: LogFilter, format: 'text' | 'ndjson'): string {
  return workOrderPath(id, `/logs/download?${queryOf(filter, { format })}`);
}

/** One entry with all of its text. */
export function logEntryQuery(id: WorkOrderId, seq: number) {
  return queryOptions({
    queryKey: ['work-order', id, 'log-entry', seq],
    queryFn: ({ signal }) => request<LogEntry>(workOrderPath(id, `/logs/${seq}`), { signal }),
    // It never changes, and may be large.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 10_000,
  });
}

function queryOf({ step, level, events, text }: LogFilter, more: Readonly<Record<string, string | number>>): string {
  const query = new URLSearchParams();
  if (step) query.set('step', step);
  if (level) query.set('level', level);
  if (events.length > 0) query.set('event', events.join(','));
  if (text) query.set('text', text);
  for (const [name, value] of Object.entries(more)) query.set(name, String(value));
  return query.toString();
}
