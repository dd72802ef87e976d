import { budgetAt, exhaustedIn, exhaustedText, standingOf } from './budget.ts';
import type { EventData, EventType, NewEvent, NewEventOf } from './event.ts';
import { WorkOrderError } from './errors.ts';
import type { Gate } from './gate.ts';
import type { MessageId } from './ids.ts';
import type { AttemptResult, Command, WorkOrder } from './work-order.ts';
import { closedGate, stepBehind } from './gate.ts';
import { MAX_OPEN_MESSAGES } from './message.ts';
import { isDone, isTerminal, nextStep } from './work-order.ts';
import { nextAgentStep, stepDefinition } from './workflow.ts';

/**
 * What a command makes of a work order, as events. Pure: the same command on the same state gives the same events.
 * Throws `transition_refused` where the command does not fit the state; nothing has happened then.
 */
export function decide(command: Command, workOrder: WorkOrder | null): readonly NewEvent[] {
  const at = command.at;
  if (command.type === 'create') {
    if (workOrder) throw refused('The work order exists already.');
    return [event(at, 'work_order_created', { ...command.request, confinement: command.confinement })];
  }
  if (command.type === 'fork') {
    if (workOrder) throw refused('The work order exists already.');
    return fork(command);
  }
  if (!workOrder) throw refused('The work order does not exist.');
  switch (command.type) {
    case 'start':
      expect(workOrder.status === 'pending', `A ${workOrder.status} work order cannot be started.`);
      expect(!workOrder.cancel_requested, 'It is about to be cancelled.');
      return [event(at, 'work_order_started', {})];
    case 'start_attempt':
      return [startAttempt(command, workOrder)];
    case 'keep_prompt': {
      const { step, attempt, agent } = running(workOrder);
      const { prompt, choice, resumed_session_id, origin, messages, mid_turn } = command;
      for (const prompt_id of messages) queuedMessage(workOrder, prompt_id);
      const data = { step, attempt, bytes: byteLength(prompt), ...choice, resumed_session_id, ...origin };
      // An attempt that has its agent by now goes on with another turn.
      const how = agent === null ? 'prompt' : mid_turn ? 'mid_turn' : 'next_turn';
      return [
        event(at, 'attempt_prompted', data, prompt),
        ...messages.map((prompt_id) => event(at, 'prompt_given', { prompt_id, step, attempt, how })),
      ];
    }
    case 'queue_message': {
      expectTakesMessages(workOrder);
      return [event(at, 'prompt_queued', messageData(command), command.prompt)];
    }
    case 'edit_message': {
      queuedMessage(workOrder, command.prompt_id);
      return [event(at, 'prompt_edited', messageData(command), command.prompt)];
    }
    case 'withdraw_message':
      queuedMessage(workOrder, command.prompt_id);
      return [event(at, 'prompt_withdrawn', { prompt_id: command.prompt_id })];
    case 'keep_session': {
      const { step, attempt } = running(workOrder);
      return [event(at, 'session_started', { step, attempt, session_id: command.session_id })];
    }
    case 'keep_plan': {
      running(workOrder);
      const data = { version: workOrder.plan_version + 1, path: command.path, bytes: byteLength(command.plan) };
      return [event(at, 'plan_saved', data, command.plan)];
    }
    case 'finish_turn': {
      const { step, attempt } = running(workOrder);
      return [event(at, 'turn_finished', { step, attempt, ...command.turn })];
    }
    case 'finish_attempt':
      return [finishAttempt(at, command.result, workOrder)];
    case 'intend_effect':
      running(workOrder);
      return [event(at, 'effect_intended', command.effect)];
    case 'complete_effect':
      running(workOrder);
      return [event(at, 'effect_done', command.effect)];
    case 'note':
      return [event(at, 'note', { code: command.code, message: command.message })];
    case 'wait':
      expect(workOrder.status === 'running', `A ${workOrder.status} work order cannot wait.`);
      expect(!workOrder.in_progress, 'A step is running.');
      return [waiting(command)];
    case 'resume':
      expect(isWaitingOrAboutTo(workOrder), `A ${workOrder.status} work order does not wait.`);
      expect(
        workOrder.waiting_reason !== 'approval',
        'It waits for an approval: approve it, or reject it with a reason.',
      );
      expect(!workOrder.cancel_requested, 'It is about to be cancelled.');
      return [event(at, 'work_order_resumed', {})];
    case 'reopen':
      return reopen(command, workOrder);
    case 'approve':
      return [event(at, 'approval_given', { gate: gateOf(workOrder), comment: command.comment })];
    case 'reject': {
      const { reason, checkpoint } = command;
      const gate = gateOf(workOrder);
      return [event(at, 'approval_refused', { gate, reason, from_step: stepBehind(gate), checkpoint })];
    }
    case 'edit_plan': {
      gateOf(workOrder);
      const { plan_path: path, plan_version } = workOrder;
      if (path === null) throw refused('There is no plan yet.');
      const carriedOut = workOrder.steps.some((state) => state.step === 'implement' && isDone(state));
      expect(!carriedOut, 'The plan is carried out already: reject the work with a reason, or go back with a rewind.');
      const data = { version: plan_version + 1, path, bytes: byteLength(command.plan), edited: true };
      return [event(at, 'plan_saved', data, command.plan)];
    }
    case 'change_budget':
      return changeBudget(command, workOrder);
    case 'pause':
      return pause(at, workOrder);
    case 'request_cancel':
      expect(!isTerminal(workOrder.status), `The work order has ended already: ${workOrder.status}.`);
      // Asked twice is asked once.
      return workOrder.cancel_requested ? [] : [event(at, 'work_order_cancel_requested', {})];
    case 'complete':
      expectSettled(workOrder);
      expect(!nextStep(workOrder), 'Not every step is done.');
      return [...notGiven(at, workOrder), event(at, 'work_order_completed', { outcome: command.outcome })];
    case 'fail': {
      expectSettled(workOrder);
      const { error_code, error_message } = command;
      const failed = event(at, 'work_order_failed', { error_code, error_message, step: nextStep(workOrder) });
      return [...notGiven(at, workOrder), failed];
    }
    case 'cancel':
      expect(!isTerminal(workOrder.status), `The work order has ended already: ${workOrder.status}.`);
      expect(!workOrder.in_progress, 'A step is running.');
      return [...notGiven(at, workOrder), event(at, 'work_order_cancelled', { detail: command.detail })];
  }
}

/** Refuses a message that no agent would be given any more. */
function expectTakesMessages(workOrder: WorkOrder): void {
  const { status, cancel_requested, in_progress, messages } = workOrder;
  expect(!isTerminal(status), `The work order has ended already: ${status}. A retry takes words for the agent.`);
  expect(!cancel_requested, 'It is about to be cancelled.');
  const next = in_progress?.step ?? nextStep(workOrder);
  const isTooLate = next === null || next === 'create_pr' || in_progress?.step === 'commit';
  expect(!isTooLate, 'The work is being delivered: no agent is asked any more. A retry takes words for the agent.');
  expect(
    messages.length < MAX_OPEN_MESSAGES,
    `${MAX_OPEN_MESSAGES} messages wait already: withdraw one, or let them be given first.`,
  );
}

function queuedMessage({ messages }: WorkOrder, prompt_id: MessageId): void {
  const message = messages.find((candidate) => candidate.prompt_id === prompt_id);
  if (!message) throw refused(`The message ${prompt_id} was given or withdrawn already.`);
  const { given_to } = message;
  if (given_to)
    throw refused(`The message ${prompt_id} was given already, to attempt ${given_to.attempt} at ${given_to.step}.`);
}

/** What nobody was told is not lost without a word: a retry gives it to the next attempt. */
function notGiven(at: string, { messages }: WorkOrder): readonly NewEvent[] {
  if (messages.length === 0) return [];
  const ids = messages.map(({ prompt_id }) => prompt_id).join(', ');
  const message = `No attempt that has succeeded was given the messages ${ids}. They stay queued: a retry gives them.`;
  return [event(at, 'note', { code: 'prompts_not_given', message })];
}

function fork({
  at,
  request,
  confinement,
  inheritance,
  plan,
  message,
}: Command & { type: 'fork' }): readonly NewEvent[] {
  const planSaved = plan && {
    version: 1,
    path: plan.path,
    bytes: byteLength(plan.markdown),
    ...(plan.edited ? { edited: true } : {}),
  };
  return [
    event(at, 'work_order_created', { ...request, confinement }),
    event(at, 'attempts_inherited', inheritance),
    ...(plan && planSaved ? [event(at, 'plan_saved', planSaved, plan.markdown)] : []),
    ...(message ? [event(at, 'prompt_queued', messageData(message), message.prompt)] : []),
  ];
}

function messageData({ prompt_id, prompt }: { readonly prompt_id: MessageId; readonly prompt: string }) {
  return { prompt_id, bytes: byteLength(prompt) };
}

function waiting(command: Command & { type: 'wait' }): NewEvent {
  const { at, reason: waiting_reason, detail, until, budget } = command;
  return event(at, 'work_order_waiting', { waiting_reason, detail, until, ...(budget ? { budget } : {}) });
}

/** What runs now runs to the end of its attempt; what does not run waits at once. */
function pause(at: string, workOrder: WorkOrder): readonly NewEvent[] {
  expect(!isTerminal(workOrder.status), `The work order has ended already: ${workOrder.status}.`);
  expect(!workOrder.cancel_requested, 'It is about to be cancelled.');
  expect(workOrder.waiting_reason !== 'approval', 'It waits for an approval: nothing runs until then.');
  if (workOrder.pause_requested || workOrder.waiting_reason === 'paused') return [];
  if (workOrder.status === 'running') return [event(at, 'work_order_pause_requested', {})];
  return [waiting({ type: 'wait', at, ...PAUSED })];
}

/** What a paused work order waits for. */
export const PAUSED = {
  reason: 'paused',
  detail: 'Paused on request: it goes on when it is resumed.',
  until: null,
} as const;

function isWaitingOrAboutTo({ status, pause_requested }: WorkOrder): boolean {
  return status === 'waiting' || pause_requested;
}

function gateOf(workOrder: WorkOrder): Gate {
  expect(workOrder.waiting_reason === 'approval', `The work order is ${workOrder.status} and waits for no approval.`);
  const gate = closedGate({ ...workOrder, next: nextStep(workOrder) });
  if (gate === null) throw refused('Everything is approved.');
  return gate;
}

function reopen(command: Command & { type: 'reopen' }, workOrder: WorkOrder): readonly NewEvent[] {
  const { type: _type, at, rewound, ...reopening } = command;
  const { from_step, checkpoint, feedback } = reopening;
  const { status, steps } = workOrder;
  expect(
    isTerminal(status) || status === 'waiting',
    `A ${status} work order cannot be taken back: cancel or pause it first.`,
  );
  expect(!workOrder.cancel_requested || isTerminal(status), 'It is about to be cancelled.');
  const index = steps.findIndex(({ step }) => step === from_step);
  const before = steps.slice(0, index);
  const missing = before.find((state) => !isDone(state));
  expect(!missing, `It cannot go on from ${from_step}: ${missing?.step} has not succeeded.`);
  expect(
    feedback === null || nextAgentStep(workOrder.workflow_type, from_step) !== null,
    `No agent is asked from ${from_step} on, so that nobody could be told that: begin with implement or before.`,
  );
  if (nextAgentStep(workOrder.workflow_type, from_step) !== null) expectMoney(at, workOrder);
  return [
    ...(rewound ? [event(at, 'rewound', { to_step: before.at(-1)?.step ?? null, checkpoint })] : []),
    event(at, 'work_order_reopened', reopening),
  ];
}

/** What waits for the next day of a budget goes on at once where that holds it no more. */
function changeBudget(command: Command & { type: 'change_budget' }, workOrder: WorkOrder): readonly NewEvent[] {
  const { at, limits, beyond_daily, by, until, reason } = command;
  const isNamed = Object.keys(limits).length > 0;
  const budget = isNamed ? { ...budgetAt(workOrder, at), ...limits } : null;
  const goesOn = beyond_daily === true && workOrder.waiting_budget !== null && !workOrder.cancel_requested;
  return [
    event(at, 'budget_changed', { budget, beyond_daily, by, until, reason }),
    ...(goesOn ? [event(at, 'work_order_resumed', {})] : []),
  ];
}

/** Refuses to ask an agent for a work order that has spent what it may. */
function expectMoney(at: string, workOrder: WorkOrder): void {
  const exhausted = exhaustedIn([standingOf(workOrder, at)]);
  if (!exhausted) return;
  const text = exhaustedText(exhausted);
  throw new WorkOrderError('budget_exhausted', `${text} It can be taken up again when the budget was raised.`);
}

function startAttempt(command: Command & { type: 'start_attempt' }, workOrder: WorkOrder): NewEvent {
  expectSettled(workOrder);
  expect(!workOrder.cancel_requested, 'It is about to be cancelled.');
  const { step } = command;
  const next = nextStep(workOrder);
  expect(next === step, next ? `The next step is ${next}, not ${step}.` : 'Every step is done.');
  const state = workOrder.steps.find((candidate) => candidate.step === step);
  return event(command.at, 'attempt_started', {
    step,
    agent_name: stepDefinition(workOrder.workflow_type, step).agentName,
    attempt: (state?.attempts ?? 0) + 1,
    started_at: command.at,
    agent: null,
    model: null,
  });
}

function finishAttempt(at: string, result: AttemptResult, workOrder: WorkOrder): NewEvent {
  const attempt = running(workOrder);
  return event(at, 'attempt_finished', {
    ...attempt,
    ...result,
    success: result.status === 'succeeded' || result.status === 'skipped',
    finished_at: at,
    timestamp: at,
  });
}

function running(workOrder: WorkOrder) {
  if (!workOrder.in_progress) throw refused('No step is running.');
  return workOrder.in_progress;
}

function expectSettled(workOrder: WorkOrder): void {
  expect(workOrder.status === 'running', `The work order is ${workOrder.status}, not running.`);
  expect(!workOrder.in_progress, 'A step is running.');
}

function expect(condition: boolean, otherwise: string): void {
  if (!condition) throw refused(otherwise);
}

function refused(reason: string): WorkOrderError {
  return new WorkOrderError('transition_refused', reason);
}

function event<Type extends EventType>(
  occurred_at: string,
  type: Type,
  data: EventData[Type],
  document?: string,
): NewEventOf<Type> {
  return { type, occurred_at, data, ...(document === undefined ? {} : { document }) };
}

function byteLength(text: string): number {
  // UTF-8 without TextEncoder, which is a platform's: 1 byte to U+007F, 2 to U+07FF, 4 for a surrogate pair, else 3.
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}
