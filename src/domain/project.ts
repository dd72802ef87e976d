import { NOTHING_SPENT, budgetsAfter, spentAfter } from './budget.ts';
import type { Gate } from './gate.ts';
import { placeOf } from './gate.ts';
import type { EventData, NewEvent, WorkOrderEvent } from './event.ts';
import type { Inheritance } from './fork.ts';
import type { EffectResult } from './effect.ts';
import type { WorkOrderId } from './ids.ts';
import type { OpenMessage } from './message.ts';
import { messagesAfter } from './message.ts';
import type { EndedAttempt } from './step.ts';
import type { StepState, WorkOrder } from './work-order.ts';
import { isDone, nextStep } from './work-order.ts';
import type { StepName } from './workflow.ts';
import { WORKFLOWS, nextAgentStep, stepDefinition } from './workflow.ts';

/** What projecting needs of an event; a saved one and one that is still to be saved both have it. */
export type ProjectableEvent = NewEvent | WorkOrderEvent;

/** The state after one more event. An unknown type leaves everything but the number and the time as it was. */
export function evolve(workOrder: WorkOrder | null, event: ProjectableEvent, id: WorkOrderId): WorkOrder {
  if (event.type === 'work_order_created') return created(id, event);
  if (!workOrder) throw new Error(`the history of ${id} begins with ${event.type}`);
  return {
    ...workOrder,
    ...changed(workOrder, event),
    updated_at: event.occurred_at,
    last_seq: workOrder.last_seq + 1,
  };
}

/** Projects a whole history or any prefix of it; null for the empty one. */
export function project(events: Iterable<ProjectableEvent>, id: WorkOrderId): WorkOrder | null {
  let workOrder: WorkOrder | null = null;
  for (const event of events) workOrder = evolve(workOrder, event, id);
  return workOrder;
}

function created(id: WorkOrderId, { data, occurred_at }: ProjectableEvent & { type: 'work_order_created' }): WorkOrder {
  const { confinement: _confinement, ...request } = data;
  return {
    ...request,
    // Version 0.1 knew one agent for the whole of it, and did not say who had chosen it.
    agent_chosen_by: data.agent_chosen_by ?? 'request',
    step_agents: data.step_agents ?? {},
    // Earlier histories know no repositories.
    repository_defaults: data.repository_defaults ?? null,
    requested_by: data.requested_by ?? null,
    forked_from: data.forked_from ?? null,
    checks: data.checks ?? null,
    budget: data.budget ?? null,
    budget_override: null,
    daily_override: null,
    budget_changed_at: null,
    spent: NOTHING_SPENT,
    // Version 0.2 was the first to ask for approvals.
    approvals: data.approvals ?? [],
    agent_work_order_id: id,
    status: 'pending',
    ...NOT_WAITING,
    outcome: null,
    current_phase: null,
    sandbox_identifier: null,
    base_commit: null,
    git_branch_name: null,
    agent_session_id: null,
    plan_path: null,
    plan_version: 0,
    plan_edited: false,
    checkpoint: null,
    github_pull_request_url: null,
    git_commit: null,
    pushed_commits: [],
    git_commit_count: 0,
    latest_commit_message: null,
    git_files_changed: 0,
    git_lines_added: 0,
    git_lines_removed: 0,
    error_code: null,
    error_message: null,
    failed_step: null,
    cancel_requested: false,
    pause_requested: false,
    approved: [],
    feedback: null,
    messages: [],
    reopened_at: null,
    in_progress: null,
    steps: WORKFLOWS[data.workflow_type].map(({ name }) => ({ step: name, attempts: 0, status: 'pending' })),
    created_at: occurred_at,
    updated_at: occurred_at,
    last_seq: 1,
  };
}

function changed(workOrder: WorkOrder, event: ProjectableEvent): Partial<WorkOrder> {
  switch (event.type) {
    case 'attempts_inherited':
      return inherited(workOrder, event.data);
    case 'work_order_started':
      return { status: 'running' };
    case 'work_order_waiting': {
      const { waiting_reason, detail, until, budget = null } = event.data;
      const waiting = { waiting_reason, waiting_detail: detail, waiting_until: until, waiting_budget: budget };
      return { ...waiting, status: 'waiting', pause_requested: false };
    }
    case 'work_order_resumed':
      return workOrder.status === 'waiting' ? goingOn(workOrder) : { pause_requested: false };
    case 'budget_changed':
      return budgetsAfter(event.data, event.occurred_at);
    case 'work_order_pause_requested':
      return { pause_requested: true };
    case 'approval_given':
      return { ...goingOn(workOrder), approved: [...workOrder.approved, event.data.gate] };
    case 'approval_refused': {
      const { from_step, checkpoint, reason } = event.data;
      return takenBack(workOrder, { from_step, checkpoint, feedback: reason });
    }
    case 'work_order_reopened':
      return {
        ...takenBack(workOrder, event.data),
        ...event.data.change,
        reopened_at: event.occurred_at,
      };
    case 'work_order_cancel_requested':
      // What waits has nothing to wait for any more; somebody has to come and end it.
      return {
        ...(workOrder.status === 'waiting' ? goingOn(workOrder) : {}),
        cancel_requested: true,
      };
    case 'work_order_completed':
      return { status: 'completed', outcome: event.data.outcome, current_phase: 'completed' };
    case 'work_order_failed': {
      const { error_code, error_message, step } = event.data;
      return { status: 'failed', error_code, error_message, failed_step: step };
    }
    case 'work_order_cancelled':
      return { ...NOT_WAITING, status: 'cancelled' };
    case 'attempt_started': {
      const { step, agent_name, attempt, started_at, agent, model } = event.data;
      const before = workOrder.steps.find((state) => state.step === step);
      const goesOn = before !== undefined && (isDone(before) || before.goes_on === true);
      return {
        // What is done once more has to be approved once more.
        ...(goesOn ? { approved: approvedUpTo(workOrder, step) } : {}),
        in_progress: { step, agent_name, attempt, started_at, agent, model },
        current_phase: stepDefinition(workOrder.workflow_type, step).phase,
        steps: withStep(workOrder.steps, {
          step,
          attempts: attempt,
          status: 'running',
          ...(goesOn ? { goes_on: true } : {}),
          ...keptOf(before),
        }),
      };
    }
    case 'attempt_prompted': {
      const { agent, model = null } = event.data;
      return workOrder.in_progress && agent !== undefined
        ? { in_progress: { ...workOrder.in_progress, agent, model } }
        : {};
    }
    case 'prompt_queued':
      return messageQueued(workOrder, { prompt_id: event.data.prompt_id, given_to: null });
    case 'prompt_withdrawn':
      return { messages: workOrder.messages.filter(({ prompt_id }) => prompt_id !== event.data.prompt_id) };
    case 'prompt_given': {
      const { prompt_id, step, attempt } = event.data;
      return {
        messages: workOrder.messages.map((message) =>
          message.prompt_id === prompt_id ? { prompt_id, given_to: { step, attempt } } : message,
        ),
      };
    }
    case 'session_started':
      return { agent_session_id: event.data.session_id };
    case 'attempt_finished':
      return attemptFinished(workOrder, event.data);
    case 'effect_intended':
      return event.data.effect === 'push' ? { pushed_commits: withPushed(workOrder, event.data.commit) } : {};
    case 'effect_done':
      return effectDone(event.data);
    case 'plan_saved':
      return {
        plan_path: event.data.path,
        plan_version: event.data.version,
        plan_edited: event.data.edited ?? false,
      };
    default:
      return {};
  }
}

/** A fork stands where its source stood: what it has inherited is done. */
function inherited(
  workOrder: WorkOrder,
  { attempts, approved, base_branch, base_commit }: Inheritance,
): Partial<WorkOrder> {
  const last = attempts.at(-1);
  return {
    base_branch,
    base_commit,
    approved,
    checkpoint: last?.checkpoint ?? null,
    current_phase: last ? stepDefinition(workOrder.workflow_type, last.step).phase : null,
    ...(last?.changes ? changedLines(last.changes) : {}),
    steps: attempts.reduce<readonly StepState[]>(
      (steps, { step, attempt, status }) => withStep(steps, { step, attempts: attempt, status }),
      workOrder.steps,
    ),
  };
}

const NOT_WAITING = { waiting_reason: null, waiting_detail: null, waiting_until: null, waiting_budget: null } as const;

/** After waiting; a step that failed in a way that can pass is the next one again. */
function goingOn({ steps }: WorkOrder): Partial<WorkOrder> {
  return {
    ...NOT_WAITING,
    status: 'pending',
    steps: steps.map((state) => (state.status === 'failed' ? { ...state, status: 'pending' } : state)),
  };
}

function attemptFinished(workOrder: WorkOrder, attempt: EndedAttempt): Partial<WorkOrder> {
  const { step, changes } = attempt;
  const before = attempt.success ? undefined : workOrder.steps.find((state) => state.step === step);
  return {
    ...(workOrder.messages.length > 0 ? { messages: messagesAfter(workOrder.messages, attempt) } : {}),
    ...(attempt.success && workOrder.feedback?.step === step ? { feedback: null } : {}),
    in_progress: null,
    spent: spentAfter(workOrder.spent, attempt),
    steps: withStep(workOrder.steps, {
      step,
      attempts: attempt.attempt,
      status: attempt.status,
      ...(before?.goes_on === true ? { goes_on: true } : {}),
      ...keptOf(before),
    }),
    ...(attempt.session_id ? { agent_session_id: attempt.session_id } : {}),
    ...(attempt.checkpoint ? { checkpoint: attempt.checkpoint } : {}),
    ...(changes ? changedLines(changes) : {}),
  };
}

function keptOf(from: Pick<StepState, 'kept_attempt'> | undefined): Pick<StepState, 'kept_attempt'> {
  return from?.kept_attempt === undefined ? {} : { kept_attempt: from.kept_attempt };
}

/** A message for the implementor that comes while its work waits for an approval is not waited with. */
function messageQueued(workOrder: WorkOrder, message: OpenMessage): Partial<WorkOrder> {
  const messages = [...workOrder.messages, message];
  const isWanted =
    workOrder.waiting_reason === 'approval' && nextStep({ ...workOrder, messages }) !== nextStep(workOrder);
  return { ...(isWanted ? goingOn(workOrder) : {}), messages };
}

function effectDone(result: EffectResult): Partial<WorkOrder> {
  switch (result.effect) {
    case 'sandbox': {
      const { sandbox_identifier, base_branch, base_commit } = result;
      return { sandbox_identifier, base_branch, base_commit };
    }
    case 'branch':
      return { git_branch_name: result.git_branch_name };
    case 'commit':
      return {
        git_commit: result.commit,
        git_commit_count: result.git_commit_count,
        latest_commit_message: result.message,
        ...changedLines(result.changes),
      };
    case 'push':
      return {};
    case 'pull_request':
      return { github_pull_request_url: result.github_pull_request_url };
  }
}

function changedLines({
  files_changed,
  lines_added,
  lines_removed,
}: NonNullable<EndedAttempt['changes']>): Partial<WorkOrder> {
  return { git_files_changed: files_changed, git_lines_added: lines_added, git_lines_removed: lines_removed };
}

/** Steps from one on are to be done again; what stands before them stays. */
function takenBack(
  workOrder: WorkOrder,
  to: Pick<EventData['work_order_reopened'], 'from_step' | 'checkpoint' | 'feedback' | 'kept_attempt'>,
): Partial<WorkOrder> {
  const from = workOrder.steps.findIndex(({ step }) => step === to.from_step);
  const committed = workOrder.steps.findIndex(({ step }) => step === 'commit');
  // Words for an agent go to the next one that is asked.
  const told = nextAgentStep(workOrder.workflow_type, to.from_step);
  return {
    ...NOT_WAITING,
    status: 'pending',
    outcome: null,
    error_code: null,
    error_message: null,
    failed_step: null,
    cancel_requested: false,
    pause_requested: false,
    ...(to.checkpoint === undefined ? {} : { checkpoint: to.checkpoint }),
    ...(from <= committed ? { git_commit: null, git_commit_count: 0, latest_commit_message: null } : {}),
    approved: approvedUpTo(workOrder, to.from_step),
    feedback: to.feedback && told ? { step: told, text: to.feedback } : null,
    steps: workOrder.steps.map((state, index) => {
      const { step, attempts } = state;
      return index < from ? state : { step, attempts, status: 'pending', ...(index === from ? keptOf(to) : {}) };
    }),
  };
}

/** The gates that stay passed when it goes on from a step. */
function approvedUpTo({ approved, steps }: WorkOrder, step: StepName): readonly Gate[] {
  const place = steps.findIndex((state) => state.step === step);
  return approved.filter((gate) => placeOf(gate) <= place);
}

/** Of very many pushes the latest: one of them stands there. */
const MAX_PUSHED = 20;

function withPushed({ pushed_commits: pushed }: WorkOrder, commit: string): readonly string[] {
  return pushed.includes(commit) ? pushed : [...pushed, commit].slice(-MAX_PUSHED);
}

function withStep(steps: readonly StepState[], changed: StepState): readonly StepState[] {
  return steps.map((state) => (state.step === changed.step ? changed : state));
}
