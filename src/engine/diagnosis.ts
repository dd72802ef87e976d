import type { Diagnosis, DiagnosisFacts } from '../domain/diagnosis.ts';
import { diagnose } from '../domain/diagnosis.ts';
import type { WorkOrderId } from '../domain/ids.ts';
import type { WorkOrder } from '../domain/work-order.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';

/** However long a history is, its latest part is what explains the state that it has come to. */
const MAX_EVENTS = 200;
const MAX_COMPLAINTS = 5;
const MAX_COMPLAINT_BYTES = 16 * 1_024;

/** Reads what a diagnosis is made of; null when there is no such work order. Rejects with `store_unavailable`. */
export async function diagnosisOf(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  { workOrderId, live }: { readonly workOrderId: WorkOrderId; readonly live: DiagnosisFacts['live'] },
): Promise<{ readonly workOrder: WorkOrder; readonly diagnosis: Diagnosis } | null> {
  const history = await store.stepHistory({ workOrderId });
  if (!history) return null;
  const { workOrder, attempts } = history;
  const after = Math.max(0, workOrder.last_seq - MAX_EVENTS);
  const events = await store.events({ workOrderId, after, limit: MAX_EVENTS });
  const complaints = await latestComplaints(store, workOrderId);
  return { workOrder, diagnosis: diagnose({ workOrder, attempts, events, complaints, live, now: clock.now() }) };
}

async function latestComplaints(store: Store, workOrderId: WorkOrderId): Promise<DiagnosisFacts['complaints']> {
  const filter = { level: 'warn' } as const;
  const { total } = await store.logPage({ workOrderId, offset: 0, limit: 1, filter });
  const offset = Math.max(0, total - MAX_COMPLAINTS);
  const { entries } = await store.logPage({ workOrderId, offset, limit: MAX_COMPLAINTS, filter });
  return entries.map(({ timestamp, message, step }) => ({
    timestamp,
    step,
    message: message.slice(-MAX_COMPLAINT_BYTES),
  }));
}
