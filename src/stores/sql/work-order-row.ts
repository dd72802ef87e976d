import type { Selectable } from 'kysely';
import type { StepAgents } from '../../domain/agent-choice.ts';
import type { RunningAttempt } from '../../domain/step.ts';
import type { StepState, WorkOrder } from '../../domain/work-order.ts';
import type { WorkOrdersTable } from './database.ts';
import { storedJson } from './json.ts';

/** Whether events can change a column; the compiler holds the list to the fields of `WorkOrder`. */
const COLUMNS: Readonly<Record<keyof WorkOrder, 'fixed' | 'changes' | 'indexed'>> = {
  agent_work_order_id: 'fixed',
  repository_url: 'fixed',
  user_request: 'fixed',
  workflow_type: 'fixed',
  sandbox_type: 'fixed',
  github_issue_number: 'fixed',
  agent: 'fixed',
  agent_chosen_by: 'fixed',
  step_agents: 'fixed',
  model: 'fixed',
  base_branch: 'changes',
  status: 'indexed',
  waiting_reason: 'changes',
  waiting_detail: 'changes',
  waiting_until: 'indexed',
  outcome: 'changes',
  current_phase: 'changes',
  sandbox_identifier: 'changes',
  base_commit: 'changes',
  git_branch_name: 'changes',
  agent_session_id: 'changes',
  plan_path: 'changes',
  plan_version: 'changes',
  checkpoint: 'changes',
  github_pull_request_url: 'changes',
  git_commit: 'changes',
  git_commit_count: 'changes',
  latest_commit_message: 'changes',
  git_files_changed: 'changes',
  git_lines_added: 'changes',
  git_lines_removed: 'changes',
  error_code: 'changes',
  error_message: 'changes',
  failed_step: 'changes',
  cancel_requested: 'changes',
  in_progress: 'changes',
  steps: 'changes',
  created_at: 'fixed',
  updated_at: 'changes',
  last_seq: 'changes',
};

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys are those of the line above it
const NAMES = Object.keys(COLUMNS) as (keyof WorkOrder)[];

/** Every column that is a field of `WorkOrder`. */
export const WORK_ORDER_COLUMNS: readonly (keyof WorkOrder)[] = NAMES;
/** What an event can change beside the status. */
export const CHANGING_COLUMNS: readonly (keyof WorkOrder)[] = NAMES.filter((name) => COLUMNS[name] === 'changes');
/** What changes together with the status alone: a column of an index costs a write of the index even when it is equal. */
export const STATUS_COLUMNS: readonly (keyof WorkOrder)[] = NAMES.filter((name) => COLUMNS[name] === 'indexed');

/** The columns that events decide. */
export type WorkOrderRow = Pick<Selectable<WorkOrdersTable>, keyof WorkOrder>;

export function workOrderRow(workOrder: WorkOrder): WorkOrderRow {
  return {
    ...workOrder,
    cancel_requested: workOrder.cancel_requested ? 1 : 0,
    in_progress: workOrder.in_progress && JSON.stringify(workOrder.in_progress),
    steps: JSON.stringify(workOrder.steps),
    step_agents: JSON.stringify(workOrder.step_agents),
  };
}

/** `row` holds nothing but the columns of `WORK_ORDER_COLUMNS`. */
export function workOrderOf(row: WorkOrderRow): WorkOrder {
  return {
    ...row,
    cancel_requested: row.cancel_requested === 1,
    in_progress: row.in_progress === null ? null : storedJson<RunningAttempt>(row.in_progress),
    steps: storedJson<StepState[]>(row.steps),
    step_agents: storedJson<StepAgents>(row.step_agents),
  };
}
