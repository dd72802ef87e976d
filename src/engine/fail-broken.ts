import { WorkOrderError } from '../domain/errors.ts';
import type { HistoryWriter } from './history-writer.ts';

/** Records that a run broke in a way nobody foresaw: its running attempt and its work order fail with the reason. */
export async function failBroken(
  { history, abort }: { readonly history: HistoryWriter; readonly abort: AbortController },
  error: unknown,
): Promise<void> {
  const error_code = error instanceof WorkOrderError ? error.code : 'internal_error';
  const error_message = error instanceof Error ? error.message : String(error);
  const nothing = {
    output: null,
    output_truncated: false,
    answer: null,
    limit_resets_at: null,
    session_id: null,
    usage: null,
    checkpoint: null,
    changes: null,
    checks: [],
  };
  if (history.workOrder.status === 'pending') await history.record({ type: 'start' });
  if (history.workOrder.in_progress) {
    const result = { ...nothing, status: 'failed', error_code, error_message, duration_seconds: 0 } as const;
    await history.record({ type: 'finish_attempt', result });
  }
  await history.settled(abort.signal);
  await history.record({ type: 'fail', error_code, error_message });
  await history.settled(abort.signal);
}
