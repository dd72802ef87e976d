import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo } from 'react';
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

type Attempt = Pick<EndedAttempt, 'step' | 'attempt'>;

export type RunningStep = NonNullable<StepsView['in_progress']>;

export interface LiveWorkOrder {
  readonly connection: Connection;
  /** Null until the first events are there. */
  readonly workOrder: WorkOrder | null;
  readonly events: readonly WorkOrderEvent[];
  readonly attempts: readonly ShownAttempt[];
  /** What runs now and what it is doing; null while nothing does, and until it is known. */
  readonly running: RunningStep | null;
  /** Looks at once whether one that has ended goes on. */
  readonly follow: () => void;
}

/** The history as it is written, with what is known beside it: the activity, what is not saved, a later reopening. */
export function useLiveWorkOrder(id: WorkOrderId): LiveWorkOrder {
  const { workOrder, events, attempts: saved, connection, follow } = useWorkOrderHistory(id);
  const isRunning = workOrder?.status === 'running';
  const { data: steps, refetch } = useQuery({
    ...stepsQuery(id),
    enabled: isRunning,
    refetchInterval: ACTIVITY_EVERY_MS,
  });
  const startedAt = workOrder?.in_progress?.started_at;
  useEffect(() => {
    // What was asked for last is about the attempt before.
    if (startedAt !== undefined) void refetch();
  }, [startedAt, refetch]);
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

  const followAgain = useCallback(() => {
    if (hasEnded) follow();
  }, [hasEnded, follow]);
  const running = isRunning ? runningStep(workOrder, attempts, steps?.in_progress ?? null) : null;
  return { connection, workOrder, events, attempts, running, follow: followAgain };
}

function withUnsaved(saved: readonly EndedAttempt[], shown: StepsView['steps']): readonly ShownAttempt[] {
  const known = new Set(saved.map(({ step, attempt }) => `${step} ${attempt}`));
  const unsaved = shown.filter(({ durable, step, attempt }) => !durable && !known.has(`${step} ${attempt}`));
  return [...saved.map((attempt) => ({ ...attempt, durable: true })), ...unsaved];
}

/** Of the two the one that knows more: an event comes at once, the activity with the next poll, if at all. */
function runningStep(
  { in_progress: started }: WorkOrder,
  attempts: readonly ShownAttempt[],
  polled: RunningStep | null,
): RunningStep | null {
  const isStarted = (other: Attempt): boolean => other.step === started?.step && other.attempt === started.attempt;
  if (polled && (isStarted(polled) || !polled.durable)) return polled;
  // Its end is not saved yet.
  if (!started || attempts.some(isStarted)) return null;
  return { ...started, activity: null, last_activity_at: started.started_at, durable: true };
}
