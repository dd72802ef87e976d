import type { Claims } from '../../domain/claims.ts';
import type { AttemptResult } from '../../domain/work-order.ts';
import type { StepName } from '../../domain/workflow.ts';
import type { RunContext } from '../run-context.ts';

/** What a step has to say at its end; the rest of the record is the same for all. */
export type StepResult = Pick<AttemptResult, 'output'> &
  Partial<
    Pick<AttemptResult, 'answer' | 'session_id' | 'usage' | 'error_code' | 'error_message' | 'limit_resets_at'>
  > & {
    readonly status: 'succeeded' | 'skipped' | 'failed';
    /** True when an agent was at work, so that the working copy may have changed. */
    readonly touchedTree?: boolean;
    /** What the agent says there is now; a success that claims what is not there is none. */
    readonly claims?: Claims;
  };

/** One step of a workflow. It may throw a `WorkOrderError`: that is a failed attempt with its code. */
export interface Step {
  readonly name: StepName;
  run(context: RunContext): Promise<StepResult>;
}
