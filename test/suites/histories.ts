import { randomBytes } from 'node:crypto';
import { decide } from '../../src/domain/decide.ts';
import type { NewDelivery } from '../../src/domain/delivery.ts';
import type { NewEvent, WorkOrderEvent } from '../../src/domain/event.ts';
import type { WorkOrderId } from '../../src/domain/ids.ts';
import { WORK_ORDER_ID_BYTES, workOrderId } from '../../src/domain/ids.ts';
import { evolve } from '../../src/domain/project.ts';
import type { AttemptResult, Command, WorkOrder, WorkOrderRequest } from '../../src/domain/work-order.ts';
import type { StepName } from '../../src/domain/workflow.ts';
import { STEP_NAMES } from '../../src/domain/workflow.ts';
import type { Store } from '../../src/ports/store.ts';

/** A command without its time: the history gives each the next second of a day in 2026. */
export type TimelessCommand = Command extends infer Any ? (Any extends Command ? Omit<Any, 'at'> : never) : never;

const FIRST_SECOND = Date.parse('2026-01-01T00:00:00.000Z');

export function aRequest(changes: Partial<WorkOrderRequest> = {}): WorkOrderRequest {
  return {
    repository_url: 'https://example.org/owner/repository.git',
    user_request: 'Add dark mode',
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
    ...changes,
  };
}

export function anId(): WorkOrderId {
  return workOrderId(randomBytes(WORK_ORDER_ID_BYTES));
}

/** What stands beside a prompt. */
export const A_CHOICE = {
  choice: { agent: 'demo', model: null, chosen_by: 'request' },
  resumed_session_id: null,
  origin: { from_checkpoint: 'c'.repeat(40) },
  messages: [],
} as const;

/** A work order that is made by commands alone, as the engine would. */
export interface History {
  readonly workOrderId: WorkOrderId;
  /** After all events so far. */
  readonly workOrder: WorkOrder;
  readonly events: readonly NewEvent[];
  /** Decides, and takes the events into the state; returns the new ones. */
  give(command: TimelessCommand): readonly NewEvent[];
}

/** A new work order with its first event. */
export function aWorkOrder(request: Partial<WorkOrderRequest> = {}): History {
  const id = anId();
  const events: NewEvent[] = [];
  const after = (command: TimelessCommand, state: WorkOrder | null): WorkOrder => {
    const at = new Date(FIRST_SECOND + events.length * 1_000).toISOString();
    let next = state;
    for (const event of decide({ ...command, at }, state)) {
      next = evolve(next, event, id);
      events.push(event);
    }
    if (!next) throw new Error('a history begins with an event');
    return next;
  };
  let workOrder = after({ type: 'create', confinement: null, request: aRequest(request) }, null);
  return {
    workOrderId: id,
    events,
    give(command) {
      const before = events.length;
      workOrder = after(command, workOrder);
      return events.slice(before);
    },
    get workOrder() {
      return workOrder;
    },
  };
}

/** What an attempt at this step ends with. */
export function aResult(step: StepName, changes: Partial<AttemptResult> = {}): AttemptResult {
  return {
    status: 'succeeded',
    output: `the output of ${step}`,
    output_truncated: false,
    answer: null,
    limit_resets_at: null,
    checks: [],
    error_code: null,
    error_message: null,
    duration_seconds: 1.25,
    session_id: `session-${step}`,
    usage: { input_tokens: 1_200, output_tokens: 34, cost_usd: 0.05 },
    checkpoint: `checkpoint-${step}`,
    changes: { files_changed: 1, lines_added: 20, lines_removed: 3 },
    ...changes,
  };
}

/** The events of one whole attempt at the next step: start, prompt, session, end. */
export function runStep(history: History, step: StepName, result: Partial<AttemptResult> = {}): readonly NewEvent[] {
  return [
    ...history.give({ type: 'start_attempt', step }),
    ...history.give({ type: 'keep_prompt', prompt: `the prompt of ${step}`, ...A_CHOICE }),
    ...history.give({ type: 'keep_session', session_id: `session-${step}` }),
    ...history.give({ type: 'finish_attempt', result: aResult(step, result) }),
  ];
}

/** Starts the work order if need be, and runs the steps of the workflow up to the `count`-th (all seven by default). */
export function runSteps(history: History, count: number = STEP_NAMES.length): readonly NewEvent[] {
  const before = history.events.length;
  if (history.workOrder.status === 'pending') history.give({ type: 'start' });
  for (const [index, step] of STEP_NAMES.entries()) {
    if (index < count && history.workOrder.steps[index]?.status === 'pending') runStep(history, step);
  }
  return history.events.slice(before);
}

/** A history and its copy in a store, kept equal: what is given is saved before `give` resolves. */
export interface SavedHistory {
  readonly workOrderId: WorkOrderId;
  readonly workOrder: WorkOrder;
  readonly events: readonly NewEvent[];
  give(command: TimelessCommand): Promise<readonly WorkOrderEvent[]>;
  /** Saves the start of an attempt at the step, then its end: two writes. */
  runStep(step: StepName, result?: Partial<AttemptResult>): Promise<void>;
}

/** A new work order in the store; `epoch` is that of its writer's claim. */
export async function aSavedWorkOrder(
  store: Store,
  { request = {}, epoch = null }: { readonly request?: Partial<WorkOrderRequest>; readonly epoch?: number | null } = {},
): Promise<SavedHistory> {
  const history = aWorkOrder(request);
  const { workOrderId } = history;
  const [event] = history.events;
  if (!event) throw new Error('a history begins with an event');
  await store.create({ workOrderId, event, idempotency: null });
  const give = async (command: TimelessCommand): Promise<readonly WorkOrderEvent[]> => {
    const expectedSeq = history.events.length;
    return store.append({ workOrderId, expectedSeq, epoch, events: history.give(command) });
  };
  return {
    workOrderId,
    events: history.events,
    give,
    get workOrder() {
      return history.workOrder;
    },
    async runStep(step, result = {}) {
      await give({ type: 'start_attempt', step });
      await give({ type: 'finish_attempt', result: aResult(step, result) });
    },
  };
}

/** An event that fits every state but the first. */
export function aNote(message: string): NewEvent {
  return { type: 'note', occurred_at: '2026-01-01T00:00:00.000Z', data: { code: 'test', message } };
}

/** Commands that touch every field of a work order: a failed and an interrupted attempt, a wait, an end, a second life. */
export const FULL_LIFE: readonly TimelessCommand[] = [
  { type: 'start' },
  { type: 'start_attempt', step: 'classify' },
  { type: 'intend_effect', effect: { effect: 'sandbox' } },
  {
    type: 'complete_effect',
    effect: { effect: 'sandbox', sandbox_identifier: 'sandbox-1', base_branch: 'main', base_commit: 'b0' },
  },
  { type: 'keep_prompt', prompt: 'Classify: grüße 🎉', ...A_CHOICE },
  { type: 'keep_session', session_id: 's-1' },
  {
    type: 'finish_attempt',
    result: aResult('classify', {
      status: 'failed',
      output: null,
      error_code: 'agent_crashed',
      error_message: 'It ended with 1.',
      usage: { input_tokens: null, output_tokens: null, cost_usd: null },
      changes: null,
      checkpoint: null,
    }),
  },
  { type: 'note', code: 'issue_unavailable', message: 'The issue cannot be read.' },
  { type: 'start_attempt', step: 'classify' },
  { type: 'finish_attempt', result: aResult('classify', { status: 'interrupted', usage: null, session_id: null }) },
  { type: 'wait', reason: 'quota', detail: 'until noon', until: '2026-01-01T12:00:00.000Z' },
  { type: 'resume' },
  { type: 'start' },
  { type: 'start_attempt', step: 'classify' },
  { type: 'finish_attempt', result: aResult('classify', { output: '/feature', output_truncated: true }) },
  { type: 'start_attempt', step: 'plan' },
  { type: 'keep_plan', path: 'specs/plan.md', plan: '# Plan 1' },
  { type: 'keep_plan', path: 'specs/plan.md', plan: '# Plan 2' },
  { type: 'complete_effect', effect: { effect: 'branch', git_branch_name: 'feat-x' } },
  {
    type: 'complete_effect',
    effect: {
      effect: 'commit',
      commit: 'c1',
      message: 'feat: x',
      git_commit_count: 1,
      changes: { files_changed: 2, lines_added: 30, lines_removed: 4 },
    },
  },
  { type: 'complete_effect', effect: { effect: 'pull_request', github_pull_request_url: 'https://example.org/1' } },
  { type: 'finish_attempt', result: aResult('plan', { duration_seconds: 0.1 + 0.2 }) },
  { type: 'fail', error_code: 'no_progress', error_message: 'Nothing was changed.' },
  {
    type: 'reopen',
    from_step: 'plan',
    checkpoint: 'c-plan',
    rewound: false,
    change: { user_request: 'Add dark mode, and a switch', agent: 'codex', agent_chosen_by: 'request', model: 'm' },
    feedback: 'Think of the switch.',
  },
  { type: 'pause' },
  { type: 'resume' },
  { type: 'start' },
  { type: 'pause' },
  { type: 'wait', reason: 'approval', detail: 'Approve the plan.', until: null },
  { type: 'request_cancel' },
  { type: 'cancel', detail: 'asked for' },
];

/** A label that somebody has put on an issue. */
export function aDelivery(changes: Partial<NewDelivery> = {}): NewDelivery {
  return {
    delivery_id: 'one',
    body_hash: 'the hash of one',
    forge: 'github',
    repository_url: 'https://github.com/ada/engine.git',
    issue_number: '7',
    is_pull_request: false,
    wish: 'labelled',
    names_label: true,
    user: 'ada',
    user_request: 'Fix issue #7',
    url: 'https://github.com/ada/engine/issues/7',
    received_at: '2026-01-01T00:00:00.000Z',
    ...changes,
  };
}
