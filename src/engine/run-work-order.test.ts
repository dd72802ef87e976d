import { expect, test } from 'vitest';
import { decide, PAUSED } from '../domain/decide.ts';
import { evolve } from '../domain/project.ts';
import type { AttemptResult, TimelessCommand, WorkOrder } from '../domain/work-order.ts';
import type { StepName } from '../domain/workflow.ts';
import { STEP_NAMES } from '../domain/workflow.ts';
import { whatNext } from './run-work-order.ts';

const at = '2026-01-01T00:00:00.000Z';
const RESULT: AttemptResult = {
  status: 'succeeded',
  output: null,
  output_truncated: false,
  answer: null,
  limit_resets_at: null,
  checks: [],
  error_code: null,
  error_message: null,
  session_id: null,
  usage: null,
  checkpoint: null,
  changes: null,
  duration_seconds: 1,
};
const CREATE: TimelessCommand = {
  type: 'create',
  confinement: null,
  request: {
    repository_url: 'https://example.org/r.git',
    user_request: 'Do it',
    workflow_type: 'agent_workflow_plan',
    sandbox_type: 'git_worktree',
    github_issue_number: null,
    agent: 'demo',
    agent_chosen_by: 'request',
    repository_defaults: null,
    step_agents: {},
    model: null,
    base_branch: null,
    approvals: [],
  },
};

function after(...commands: readonly TimelessCommand[]): WorkOrder {
  let workOrder: WorkOrder | null = null;
  for (const command of [CREATE, { type: 'start' } as const, ...commands]) {
    for (const event of decide({ ...command, at }, workOrder)) workOrder = evolve(workOrder, event, 'wo-next0001');
  }
  return workOrder!;
}

const cancel: TimelessCommand = { type: 'request_cancel' };
const finish = (status: AttemptResult['status']): TimelessCommand => ({
  type: 'finish_attempt',
  result: { ...RESULT, status },
});
const startOf = (step: StepName): TimelessCommand => ({ type: 'start_attempt', step });
const start = startOf('classify');
const allSteps = STEP_NAMES.flatMap((step) => [startOf(step), finish('succeeded')]);

test.each([
  ['a new one begins with the first step', after(), { what: 'step', step: 'classify' }],
  ['an interrupted step is run again', after(start, finish('interrupted')), { what: 'step', step: 'classify' }],
  ['a failed step ends it', after(start, finish('failed')), { what: 'end', ending: 'failed' }],
  ['a wish to cancel ends it', after(start, cancel, finish('cancelled')), { what: 'end', ending: 'cancelled' }],
  ['not when the agent could not be ended', after(start, cancel, finish('failed')), { what: 'end', ending: 'failed' }],
  ['all steps complete it', after(...allSteps), { what: 'end', ending: 'completed' }],
  ['what is delivered is not cancelled', after(...allSteps, cancel), { what: 'end', ending: 'completed' }],
  ['a wish to pause is waited for', after({ type: 'pause' }), { what: 'wait', pause: PAUSED }],
])('%s', (_, workOrder, next) => expect(whatNext(workOrder)).toEqual(next));
