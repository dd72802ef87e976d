import type { WorkOrderId } from '../../../../../src/domain/ids.ts';
import type { StepName } from '../../../../../src/domain/workflow.ts';

interface LogPanelProps {
  readonly id: WorkOrderId;
  /** The chosen step; null for all of them. */
  readonly step: StepName | null;
  /** True while more may be written. */
  readonly isLive: boolean;
}

/** What agents and the service said, as it is said. */
export function LogPanel({ id, step }: LogPanelProps) {
  return (
    <p>
      Log of {id} {step}
    </p>
  );
}
