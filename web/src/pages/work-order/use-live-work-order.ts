import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import type { StepsView } from '../../../../src/contract/steps.ts';
import type { WorkOrderEvent } from '../../../../src/domain/event.ts';
import type { WorkOrderId } from '../../../../src/domain/ids.ts';
import type { EndedAttempt } from '../../../../src/domain/step.ts';
import type { WorkOrder } from '../../../../src/domain/work-order.ts';
import type { Connection } from '../../api/event-stream.ts';
import { stepsQuery, workOrderQuery } from '../../api/work-orders.ts';
import { useWorkOrderHistory } from '../../hooks/use-work-order-history.ts';

const ACTIVITY_EVERY_MS = 2_000;
const REOPENED_EVERY_MS = 15_000;

/** One that has ended, as the page shows it: `durable` is false while the store refuses it. */
export interface ShownAttempt extends EndedAttempt {
  readonly durable: boolean;
}

export type RunningStep = NonNullable<StepsView['in_progress']>;

export interface LiveWorkOrder {
  readonly connection: Connection;
  /** Null until the first events are there. */
  readonly workOrder: WorkOrder | null;
  readonly events: readonly WorkOrderEvent[];
  readonly attempts: readonly ShownAttempt[];
  /** What runs now and what it is doing; null while nothing does, and until it is known. */
  readonly running: RunningStep | null;
  /** Looks again at once, for one that has ended. */
  readonly follow: () => void;
}

/** The history as it is written, with what is known beside it: the activity, what is not saved, a later reopening. */
export function useLiveWorkOrder(id: WorkOrderId): LiveWorkOrder {
  const { workOrder, events, attempts: saved, connection, follow } = useWorkOrderHistory(id);
  const isRunning = workOrder?.status === 'running';
  const { data: steps } = useQuery({ ...stepsQuery(id), enabled: isRunning, refetchInterval: ACTIVITY_EVERY_MS });
  const attempts = useMemo(
    () => withUnsaved(saved, isRunning ? (steps?.steps ?? []) : []),
    [saved, steps?.steps, isRunning],
  );

  const hasEnded = connection.state === 'ended';
  const { data: latest } = useQuery({
    ...workOrderQuery(id),
    enabled: hasEnded,
    refetchInterval: REOPENED_EVERY_MS,
  });
  const isBehind = hasEnded && latest !== undefined && workOrder !== null && latest.last_seq > workOrder.last_seq;
  useEffect(() => {
    if (isBehind) follow();
  }, [isBehind, follow]);

  const running = isRunning ? runningStep(workOrder, steps?.in_progress ?? null) : null;
  return { connection, workOrder, events, attempts, running, follow };
}

function withUnsaved(saved: readonly EndedAttempt[], shown: StepsView['steps']): readonly ShownAttempt[] {
  const known = new Set(saved.map(({ step, attempt }) => `${step} ${attempt}`));
  const unsaved = shown.filter(({ durable, step, attempt }) => !durable && !known.has(`${step} ${attempt}`));
  return [...saved.map((attempt) => ({ ...attempt, durable: true })), ...unsaved];
}

/** Of the two the one that knows more: an event comes at once, the activity with the next poll, if at all. */
function runningStep({ in_progress: started }: WorkOrder, polled: RunningStep | null): RunningStep | null {
  const isSame = polled?.step === started?.step && polled?.attempt === started?.attempt;
  if (polled && (isSame || !polled.durable)) return polled;
  return started && { ...started, activity: null, last_activity_at: started.started_at, durable: true };
}
