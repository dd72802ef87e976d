import type { Gate } from './gate.ts';
import type { WorkOrderId } from './ids.ts';
import type { EndedAttempt } from './step.ts';
import type { StepName } from './workflow.ts';

/** The work order that another one was forked from: after which step, and how far its history went then. */
export interface ForkedFrom {
  readonly agent_work_order_id: WorkOrderId;
  readonly step: StepName;
  readonly last_seq: number;
}

/** What a fork begins with. */
export interface Inheritance {
  readonly base_branch: string;
  readonly base_commit: string;
  /** In the order of the workflow: at each step the one on which its source builds. */
  readonly attempts: readonly EndedAttempt[];
  readonly approved: readonly Gate[];
}
