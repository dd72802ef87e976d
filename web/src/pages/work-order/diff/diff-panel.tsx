import type { WorkOrderId } from '../../../../../src/domain/ids.ts';
import type { StepName } from '../../../../../src/domain/workflow.ts';

interface DiffPanelProps {
  readonly id: WorkOrderId;
  /** What this step has changed; null for the whole work order. */
  readonly step: StepName | null;
  /** Changes when there may be another diff: it is asked for again then. */
  readonly revision: number;
}

/** What has changed in the files. */
export function DiffPanel({ id, step }: DiffPanelProps) {
  return (
    <p>
      Diff of {id} {step}
    </p>
  );
}
