import type { Progress } from './progress.ts';
import { progressOf } from './progress.ts';
import type { EndedAttempt, RunningAttempt } from './step.ts';
import type { WorkOrder } from './work-order.ts';
import type { StepName } from './workflow.ts';

/** The step history as `/steps` shows it. */
export interface StepHistory extends Pick<Progress, 'steps_completed' | 'current_step'> {
  /** Every ended attempt in the order of their ends. */
  readonly steps: readonly EndedAttempt[];
  readonly in_progress: RunningAttempt | null;
  /** The names after `current_step`. */
  readonly remaining_steps: readonly StepName[];
}

/** Puts together what a reader of the step history sees; `attempts` in the order of their ends. */
export function stepHistory(workOrder: WorkOrder, attempts: readonly EndedAttempt[]): StepHistory {
  const { current_step: current, steps_completed } = progressOf(workOrder);
  const index = workOrder.steps.findIndex(({ step }) => step === current);
  return {
    steps: attempts,
    steps_completed,
    current_step: current,
    in_progress: workOrder.in_progress,
    remaining_steps: current === null ? [] : workOrder.steps.slice(index + 1).map(({ step }) => step),
  };
}
