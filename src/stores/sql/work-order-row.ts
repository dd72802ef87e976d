import type { Selectable } from 'kysely';
import type { StepAgents } from '../../domain/agent-choice.ts';
import type { Budget, BudgetOverride, DailyOverride, Spending } from '../../domain/budget.ts';
import type { RunningAttempt } from '../../domain/step.ts';
import type { ForkedFrom } from '../../domain/fork.ts';
import type { Gate } from '../../domain/gate.ts';
import type { OpenMessage } from '../../domain/message.ts';
import type { Feedback, RepositoryDefaults, RequestedBy, StepState, WorkOrder } from '../../domain/work-order.ts';
import type { WorkOrdersTable } from './database.ts';
import { storedJson } from './json.ts';

/**
 * Whether events can change a column, and whether only a reopening does; the compiler holds the list to the fields of
 * `WorkOrder`.
 */
const COLUMNS: Readonly<Record<keyof WorkOrder, 'fixed' | 'reopened' | 'changes' | 'indexed'>> = {
  agent_work_order_id: 'fixed',
  repository_url: 'fixed',
  user_request: 'reopened',
  workflow_type: 'fixed',
  sandbox_type: 'fixed',
  github_issue_number: 'fixed',
  agent: 'reopened',
  agent_chosen_by: 'reopened',
  step_agents: 'reopened',
  model: 'reopened',
  repository_defaults: 'fixed',
  approvals: 'fixed',
  base_branch: 'changes',
  requested_by: 'fixed',
  forked_from: 'fixed',
  checks: 'fixed',
  budget: 'changes',
  budget_override: 'changes',
  daily_override: 'changes',
  budget_changed_at: 'changes',
  spent: 'changes',
  status: 'indexed',
  waiting_reason: 'changes',
  waiting_detail: 'changes',
  waiting_until: 'indexed',
  waiting_budget: 'changes',
  outcome: 'changes',
  current_phase: 'changes',
  sandbox_identifier: 'changes',
  base_commit: 'changes',
  git_branch_name: 'changes',
  agent_session_id: 'changes',
  plan_path: 'changes',
  plan_version: 'changes',
  plan_edited: 'changes',
  checkpoint: 'changes',
  github_pull_request_url: 'changes',
  git_commit: 'changes',
  pushed_commits: 'changes',
  git_commit_count: 'changes',
  latest_commit_message: 'changes',
  git_files_changed: 'changes',
  git_lines_added: 'changes',
  git_lines_removed: 'changes',
  error_code: 'changes',
  error_message: 'changes',
  failed_step: 'changes',
  cancel_requested: 'changes',
  pause_requested: 'changes',
  approved: 'changes',
  feedback: 'changes',
  messages: 'changes',
  reopened_at: 'changes',
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
/** What a reopening alone can change: a long request is not written again at every event. */
export const REOPENED_COLUMNS: readonly (keyof WorkOrder)[] = NAMES.filter((name) => COLUMNS[name] === 'reopened');

/** The columns that events decide. */
export type WorkOrderRow = Pick<Selectable<WorkOrdersTable>, keyof WorkOrder>;

export function workOrderRow(workOrder: WorkOrder): WorkOrderRow {
  return {
    ...workOrder,
    cancel_requested: workOrder.cancel_requested ? 1 : 0,
    pause_requested: workOrder.pause_requested ? 1 : 0,
    plan_edited: workOrder.plan_edited ? 1 : 0,
    approvals: JSON.stringify(workOrder.approvals),
    approved: JSON.stringify(workOrder.approved),
    feedback: workOrder.feedback && JSON.stringify(workOrder.feedback),
    messages: JSON.stringify(workOrder.messages),
    pushed_commits: JSON.stringify(workOrder.pushed_commits),
    in_progress: workOrder.in_progress && JSON.stringify(workOrder.in_progress),
    steps: JSON.stringify(workOrder.steps),
    step_agents: JSON.stringify(workOrder.step_agents),
    repository_defaults: workOrder.repository_defaults && JSON.stringify(workOrder.repository_defaults),
    forked_from: workOrder.forked_from && JSON.stringify(workOrder.forked_from),
    requested_by: workOrder.requested_by && JSON.stringify(workOrder.requested_by),
    checks: workOrder.checks && JSON.stringify(workOrder.checks),
    budget: workOrder.budget && JSON.stringify(workOrder.budget),
    budget_override: workOrder.budget_override && JSON.stringify(workOrder.budget_override),
    daily_override: workOrder.daily_override && JSON.stringify(workOrder.daily_override),
    spent: JSON.stringify(workOrder.spent),
  };
}

/** `row` holds nothing but the columns of `WORK_ORDER_COLUMNS`. */
export function workOrderOf(row: WorkOrderRow): WorkOrder {
  return {
    ...row,
    cancel_requested: row.cancel_requested === 1,
    pause_requested: row.pause_requested === 1,
    plan_edited: row.plan_edited === 1,
    approvals: storedJson<Gate[]>(row.approvals),
    approved: storedJson<Gate[]>(row.approved),
    feedback: row.feedback === null ? null : storedJson<Feedback>(row.feedback),
    messages: storedJson<OpenMessage[]>(row.messages),
    pushed_commits: storedJson<string[]>(row.pushed_commits),
    in_progress: row.in_progress === null ? null : storedJson<RunningAttempt>(row.in_progress),
    steps: storedJson<StepState[]>(row.steps),
    step_agents: storedJson<StepAgents>(row.step_agents),
    repository_defaults:
      row.repository_defaults === null ? null : storedJson<RepositoryDefaults>(row.repository_defaults),
    forked_from: row.forked_from === null ? null : storedJson<ForkedFrom>(row.forked_from),
    requested_by: row.requested_by === null ? null : storedJson<RequestedBy>(row.requested_by),
    checks: row.checks === null ? null : storedJson<string[]>(row.checks),
    budget: row.budget === null ? null : storedJson<Budget>(row.budget),
    budget_override: row.budget_override === null ? null : storedJson<BudgetOverride>(row.budget_override),
    daily_override: row.daily_override === null ? null : storedJson<DailyOverride>(row.daily_override),
    spent: storedJson<Spending>(row.spent),
  };
}
