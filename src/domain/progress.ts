import type { WorkOrder } from './work-order.ts';
import { nextStep } from './work-order.ts';
import type { StepName } from './workflow.ts';

/** Where a work order stands among its steps, for a list of many. */
export interface Progress {
  /** Running, or next to run, or the one that failed; null when all are done. */
  readonly current_step: StepName | null;
  /** How many distinct steps have succeeded. */
  readonly steps_completed: number;
  readonly steps_total: number;
  /** Of the attempt that runs now, from 1 within its step; null while none runs. */
  readonly attempt: number | null;
  readonly step_started_at: string | null;
}

export function progressOf(workOrder: Pick<WorkOrder, 'steps' | 'messages' | 'in_progress'>): Progress {
  const { in_progress: running, steps } = workOrder;
  return {
    current_step: running?.step ?? nextStep(workOrder),
    steps_completed: steps.filter(({ status }) => status === 'succeeded').length,
    steps_total: steps.length,
    attempt: running?.attempt ?? null,
    step_started_at: running?.started_at ?? null,
  };
}
