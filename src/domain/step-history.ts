import type { EndedAttempt, RunningAttempt } from './step.ts';
import type { WorkOrder } from './work-order.ts';
import { nextStep } from './work-order.ts';
import type { StepName } from './workflow.ts';

/** The step history as `/steps` shows it. */
export interface StepHistory {
  /** Every ended attempt in the order of their ends. */
  readonly steps: readonly EndedAttempt[];
  /** How many distinct steps have succeeded. */
  readonly steps_completed: number;
  /** Running, or next to run, or the one that failed; null when all are done. */
  readonly current_step: StepName | null;
  readonly in_progress: RunningAttempt | null;
  /** The names after `current_step`. */
  readonly remaining_steps: readonly StepName[];
}

/** Puts together what a reader of the step history sees; `attempts` in the order of their ends. */
export function stepHistory(workOrder: WorkOrder, attempts: readonly EndedAttempt[]): StepHistory {
  const current = workOrder.in_progress?.step ?? nextStep(workOrder);
  const index = workOrder.steps.findIndex(({ step }) => step === current);
  return {
    steps: attempts,
    steps_completed: workOrder.steps.filter(({ status }) => status === 'succeeded').length,
    current_step: current,
    in_progress: workOrder.in_progress,
    remaining_steps: current === null ? [] : workOrder.steps.slice(index + 1).map(({ step }) => step),
  };
}
