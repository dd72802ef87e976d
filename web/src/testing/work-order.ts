import { decide } from '../../../src/domain/decide.ts';
import type { WorkOrderId } from '../../../src/domain/ids.ts';
import { evolve } from '../../../src/domain/project.ts';
import type { EndedAttempt } from '../../../src/domain/step.ts';
import type { AttemptResult, TimelessCommand, WorkOrder, WorkOrderRequest } from '../../../src/domain/work-order.ts';

export const ID: WorkOrderId = 'wo-a1b2c3d4';

/** Of an attempt. */
export const SUCCESS: AttemptResult = {
  status: 'succeeded',
  output: null,
  output_truncated: false,
  answer: null,
  error_code: null,
  error_message: null,
  limit_resets_at: null,
  duration_seconds: 1,
  session_id: null,
  usage: null,
  checkpoint: null,
  changes: null,
  checks: [],
};

export const REQUEST: WorkOrderRequest = {
  repository_url: 'https://example.test/shop.git',
  user_request: 'Add a dark mode',
  workflow_type: 'agent_workflow_plan',
  sandbox_type: 'git_worktree',
  github_issue_number: null,
  agent: 'demo',
  agent_chosen_by: 'request',
  model: null,
  step_agents: {},
  repository_defaults: null,
  base_branch: null,
  approvals: [],
};

/** A work order, and its attempts, as the page has them when these commands were given behind its creation. */
export function aWorkOrder(commands: readonly TimelessCommand[], wanted: Partial<WorkOrderRequest> = {}) {
  const attempts: EndedAttempt[] = [];
  const give = (workOrder: WorkOrder | null, command: TimelessCommand): WorkOrder | null =>
    decide({ ...command, at: '2026-11-25T12:00:00.000Z' }, workOrder).reduce<WorkOrder | null>((before, event) => {
      if (event.type === 'attempt_finished') attempts.push(event.data);
      return evolve(before, event, ID);
    }, workOrder);
  const request = { ...REQUEST, ...wanted };
  const workOrder = [{ type: 'create', request, confinement: null } as const, ...commands].reduce(give, null);
  if (!workOrder) throw new Error('it was not created');
  return { workOrder, attempts };
}
