import type { LogEntry } from '../../../api/log.ts';

/** What a call of a tool came to, where it is known for certain. */
interface ToolOutcome {
  readonly ok: boolean;
  readonly seconds: number;
}

/** The name of the tool that an entry tells of, or null. */
export function toolOf({ event, data }: LogEntry): string | null {
  if (event !== 'tool_call' || typeof data !== 'object' || data === null || !('tool' in data)) return null;
  return typeof data.tool === 'string' ? data.tool : null;
}

/** Whether a result is a good one; null where the entry does not say. */
export function isOk({ data }: LogEntry): boolean | null {
  if (typeof data !== 'object' || data === null || !('ok' in data)) return null;
  return typeof data.ok === 'boolean' ? data.ok : null;
}

/**
 * The outcome of a call, when its result is the very next entry: results carry no name of their call, and of calls that
 * run side by side nobody could say which result is whose.
 */
export function outcomeOf(call: LogEntry, next: LogEntry | undefined): ToolOutcome | null {
  if (call.event !== 'tool_call' || next?.event !== 'tool_result') return null;
  if (next.seq !== call.seq + 1 || next.step !== call.step || next.attempt !== call.attempt) return null;
  const ok = isOk(next);
  if (ok === null) return null;
  return { ok, seconds: (Date.parse(next.timestamp) - Date.parse(call.timestamp)) / 1_000 };
}
