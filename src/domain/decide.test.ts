import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from './decide.ts';
import { WorkOrderError, hasCode } from './errors.ts';
import type { NewEvent } from './event.ts';
import type { MessageId } from './ids.ts';
import type { WorkOrderRequest } from './work-order.ts';
import { TERMINAL_EVENT_TYPES } from './event.ts';
import { evolve, project } from './project.ts';
import { stepHistory } from './step-history.ts';
import type { EndedAttempt } from './step.ts';
import { ENDED_ATTEMPT_STATUSES } from './step.ts';
import type { Command, WorkOrder, WorkOrderStatus } from './work-order.ts';
import { OUTCOMES, WAITING_REASONS, isTerminal, nextStep } from './work-order.ts';
import { STEP_NAMES } from './workflow.ts';

const ID = 'wo-a1b2c3d4';
const REQUEST: WorkOrderRequest = {
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
};

/** PRODUCT.md section 4, as pairs. */
const ALLOWED_MOVES: ReadonlySet<string> = new Set([
  'pending>running',
  'pending>cancelled',
  'running>waiting',
  'pending>waiting',
  'waiting>pending',
  'running>completed',
  'running>failed',
  'running>cancelled',
  'waiting>cancelled',
  'completed>pending',
  'failed>pending',
  'cancelled>pending',
]);

/** A reopening that changes nothing. */
const AS_IT_WAS = { checkpoint: null, rewound: false, change: {}, feedback: null };

const CHOICE = { agent: 'demo', model: 'small', chosen_by: 'repository' } as const;

/** What stands beside a prompt without messages. */
const ASKED = { choice: CHOICE, resumed_session_id: null, origin: { from_checkpoint: 'c'.repeat(40) }, messages: [] };

const step = fc.constantFrom(...STEP_NAMES);
const messageId = fc.constantFrom<MessageId>('p-1', 'p-2');
const text = fc.string({ maxLength: 20 });
const result = fc.record({
  status: fc.constantFrom(...ENDED_ATTEMPT_STATUSES),
  output: fc.option(text),
  output_truncated: fc.boolean(),
  answer: fc.constant(null),
  limit_resets_at: fc.option(text),
  checks: fc.constant([]),
  error_code: fc.option(text),
  error_message: fc.option(text),
  duration_seconds: fc.nat(1_000),
  session_id: fc.option(text),
  usage: fc.constant(null),
  checkpoint: fc.option(fc.constantFrom('c1', 'c2')),
  changes: fc.option(fc.record({ files_changed: fc.nat(), lines_added: fc.nat(), lines_removed: fc.nat() })),
});

type Timeless = Command extends infer Any ? (Any extends Command ? Omit<Any, 'at'> : never) : never;

const anyCommand: fc.Arbitrary<Timeless> = fc.oneof(
  fc.constant<Timeless>({ type: 'create', confinement: null, request: REQUEST }),
  fc.constant<Timeless>({ type: 'start' }),
  fc.record({ type: fc.constant('start_attempt' as const), step }),
  fc.record({ type: fc.constant('finish_attempt' as const), result }),
  fc.record({
    type: fc.constant('keep_prompt' as const),
    prompt: text,
    choice: fc.constant(CHOICE),
    resumed_session_id: fc.option(text),
    origin: fc.record({ from_checkpoint: text }),
    messages: fc.subarray<MessageId>(['p-1', 'p-2']),
  }),
  fc.record({ type: fc.constant('queue_message' as const), prompt_id: messageId, prompt: text }),
  fc.record({ type: fc.constant('edit_message' as const), prompt_id: messageId, prompt: text }),
  fc.record({ type: fc.constant('withdraw_message' as const), prompt_id: messageId }),
  fc.record({ type: fc.constant('keep_session' as const), session_id: text }),
  fc.record({ type: fc.constant('finish_turn' as const), turn: result }),
  fc.record({ type: fc.constant('keep_plan' as const), path: text, plan: text }),
  fc.constant<Timeless>({ type: 'intend_effect', effect: { effect: 'sandbox' } }),
  fc.constant<Timeless>({ type: 'complete_effect', effect: { effect: 'branch', git_branch_name: 'feat-x' } }),
  fc.record({ type: fc.constant('note' as const), code: text, message: text }),
  fc.record({
    type: fc.constant('wait' as const),
    reason: fc.constantFrom(...WAITING_REASONS),
    detail: text,
    until: fc.option(text),
  }),
  fc.constant<Timeless>({ type: 'resume' }),
  fc.record({
    type: fc.constant('reopen' as const),
    from_step: step,
    checkpoint: fc.option(fc.constantFrom('c1', 'c2')),
    rewound: fc.boolean(),
    change: fc.record({ user_request: text }, { requiredKeys: [] }),
    feedback: fc.option(text),
  }),
  fc.record({ type: fc.constant('approve' as const), comment: fc.option(text) }),
  fc.record({ type: fc.constant('reject' as const), reason: text, checkpoint: fc.constant(null) }),
  fc.record({ type: fc.constant('edit_plan' as const), plan: text }),
  fc.constant<Timeless>({ type: 'pause' }),
  fc.constant<Timeless>({ type: 'request_cancel' }),
  fc.record({ type: fc.constant('complete' as const), outcome: fc.constantFrom(...OUTCOMES) }),
  fc.record({ type: fc.constant('fail' as const), error_code: text, error_message: text }),
  fc.record({ type: fc.constant('cancel' as const), detail: text }),
);

/** A command that fits, chosen by looking at the state: random ones alone would hardly ever get past the first step. */
function fitting(workOrder: WorkOrder | null, pick: number): Timeless {
  if (!workOrder) return { type: 'create', confinement: null, request: REQUEST };
  if (workOrder.status === 'pending') return { type: 'start' };
  if (workOrder.status === 'waiting') return { type: 'resume' };
  if (isTerminal(workOrder.status))
    return { type: 'reopen', from_step: STEP_NAMES[pick % STEP_NAMES.length] ?? 'classify', ...AS_IT_WAS };
  if (workOrder.in_progress) {
    const status = ENDED_ATTEMPT_STATUSES[pick % 20 === 0 ? 1 + (pick % 4) : 0] ?? 'succeeded';
    return { type: 'finish_attempt', result: finished(status) };
  }
  const next = nextStep(workOrder);
  return next ? { type: 'start_attempt', step: next } : { type: 'complete', outcome: 'branch_pushed' };
}

function finished(status: EndedAttempt['status']) {
  return {
    status,
    output: 'done',
    output_truncated: false,
    answer: null,
    limit_resets_at: null,
    checks: [],
    error_code: null,
    error_message: null,
    duration_seconds: 1,
    session_id: null,
    usage: null,
    checkpoint: null,
    changes: null,
  };
}

/** Runs commands, leaving out those that are refused, and returns every event with the states around it. */
function history(commands: readonly (Timeless | number)[]) {
  let workOrder: WorkOrder | null = null;
  const moves: { readonly event: NewEvent; readonly before: WorkOrder | null; readonly after: WorkOrder }[] = [];
  for (const [index, command] of commands.entries()) {
    const at = new Date(Date.UTC(2026, 0, 1) + index * 1_000).toISOString();
    const timeless = typeof command === 'number' ? fitting(workOrder, command) : command;
    try {
      for (const event of decide({ ...timeless, at }, workOrder)) {
        const after = evolve(workOrder, event, ID);
        moves.push({ event, before: workOrder, after });
        workOrder = after;
      }
    } catch (error) {
      if (!hasCode(error, 'transition_refused')) throw error;
    }
  }
  return moves;
}

const commands = fc.array(fc.oneof({ weight: 12, arbitrary: fc.nat(1_000) }, { weight: 1, arbitrary: anyCommand }), {
  maxLength: 120,
  size: 'max',
});

describe('any sequence of commands', () => {
  test('gives a history whose every prefix projects to the state that decided the next event', () => {
    fc.assert(
      fc.property(commands, (sequence) => {
        const moves = history(sequence);
        const events = moves.map(({ event }) => event);
        for (const [index, { after }] of moves.entries()) {
          expect(project(events.slice(0, index + 1), ID)).toEqual(after);
          expect(after.last_seq).toBe(index + 1);
        }
      }),
    );
  });

  test('moves the status only as the product says', () => {
    const seen = new Set<WorkOrderStatus>();
    fc.assert(
      fc.property(commands, (sequence) => {
        for (const { before, after } of history(sequence)) {
          seen.add(after.status);
          if (before && before.status !== after.status)
            expect(ALLOWED_MOVES).toContain(`${before.status}>${after.status}`);
        }
      }),
      { numRuns: 500 },
    );
    // A property that never gets anywhere would hold, too.
    expect([...seen].toSorted()).toEqual(['cancelled', 'completed', 'failed', 'pending', 'running', 'waiting']);
  });

  test('keeps the state consistent', () => {
    fc.assert(
      fc.property(commands, (sequence) => {
        for (const { after } of history(sequence)) {
          const running = after.steps.filter(({ status }) => status === 'running');
          expect(running.map((state) => state.step)).toEqual(after.in_progress ? [after.in_progress.step] : []);
          if (after.in_progress) expect(after.status).toBe('running');
          if (after.status === 'completed') expect(nextStep(after)).toBeNull();
          expect(after.waiting_reason !== null).toBe(after.status === 'waiting');
          if (after.status !== 'waiting') expect([after.waiting_detail, after.waiting_until]).toEqual([null, null]);
          const { current_step, remaining_steps } = stepHistory(after, []);
          expect(current_step === null).toBe(nextStep(after) === null && after.in_progress === null);
          if (current_step)
            expect([...STEP_NAMES].slice(STEP_NAMES.indexOf(current_step) + 1)).toEqual(remaining_steps);
        }
      }),
    );
  });

  test('numbers the attempts of a step from 1 without a gap, and ends each before the next begins', () => {
    fc.assert(
      fc.property(commands, (sequence) => {
        const begun = new Map<string, number>();
        let open: string | null = null;
        for (const { event } of history(sequence)) {
          if (event.type === 'attempt_started') {
            expect(open).toBeNull();
            expect(event.data.attempt).toBe((begun.get(event.data.step) ?? 0) + 1);
            begun.set(event.data.step, event.data.attempt);
            open = event.data.step;
          }
          if (event.type === 'attempt_finished') {
            expect(open).toBe(event.data.step);
            expect(event.data.timestamp).toBe(event.data.finished_at);
            expect(event.data.success).toBe(event.data.status === 'succeeded' || event.data.status === 'skipped');
            open = null;
          }
          if (TERMINAL_EVENT_TYPES.has(event.type)) expect(open).toBeNull();
        }
      }),
    );
  });
});

describe('decide', () => {
  const at = '2026-01-01T00:00:00.000Z';

  test('refuses with a reason, and throws nothing else', () => {
    const [created] = decide({ type: 'create', confinement: null, at, request: REQUEST }, null);
    const workOrder = project(created ? [created] : [], ID);
    expect(() => decide({ type: 'complete', at, outcome: 'branch_pushed' }, workOrder)).toThrow(WorkOrderError);
    expect(() => decide({ type: 'start_attempt', at, step: 'plan' }, workOrder)).toThrow(
      'The work order is pending, not running.',
    );
  });

  test('a second wish to cancel is no second event', () => {
    const moves = history([0, { type: 'request_cancel' }, { type: 'request_cancel' }]);
    expect(moves.map(({ event }) => event.type)).toEqual(['work_order_created', 'work_order_cancel_requested']);
  });

  test('a reopened work order keeps what was done before the step and counts attempts on', () => {
    const toTheEnd = [0, 0, ...Array.from({ length: 14 }, () => 1), 1];
    const moves = history([...toTheEnd, { type: 'reopen', from_step: 'implement', ...AS_IT_WAS }, 0, 0]);
    const last = moves.at(-1)?.after;
    expect(last?.in_progress).toMatchObject({ step: 'implement', attempt: 2 });
    expect(last?.steps.slice(0, 4).every(({ status }) => status === 'succeeded')).toBe(true);
  });

  test('an attempt says which agent was asked, while it runs and when it has ended', () => {
    const prompted = { type: 'keep_prompt', prompt: 'x', ...ASKED } as const;
    const moves = history([0, 0, 1, prompted, 1]);
    const [asked, ended] = moves.slice(-2);
    expect(asked?.after.in_progress).toMatchObject({ step: 'classify', agent: 'demo', model: 'small' });
    expect(ended?.event.data).toMatchObject({ step: 'classify', agent: 'demo', model: 'small' });
  });

  test('counts the bytes of a prompt as UTF-8', () => {
    const [event] = history([0, 0, 1, { type: 'keep_prompt', prompt: 'aé€😀', ...ASKED }]).slice(-1);
    expect(event?.event.data).toMatchObject({ bytes: 1 + 2 + 3 + 4 });
  });
});

describe('a message', () => {
  const queued = { type: 'queue_message', prompt_id: 'p-1', prompt: 'Grüße' } as const;
  const given = { type: 'keep_prompt', prompt: 'x', ...ASKED, messages: ['p-1'] } as const;
  /** Started, and so many steps done. */
  const after = (steps: number) => [0, 0, ...Array.from({ length: 2 * steps }, () => 1)];
  const last = (moves: ReturnType<typeof history>) => moves.at(-1)?.after;
  const failed = { type: 'finish_attempt', result: finished('failed') } as const;

  test('is open until an attempt that was given it has succeeded, and is queued again where one has not', () => {
    const inPlan = [...after(1), queued, 1, given];
    expect(last(history(inPlan))?.messages).toEqual([{ prompt_id: 'p-1', given_to: { step: 'plan', attempt: 1 } }]);
    expect(last(history([...inPlan, 1]))?.messages).toEqual([]);
    expect(last(history([...inPlan, failed]))?.messages).toEqual([{ prompt_id: 'p-1', given_to: null }]);
  });

  test('is given with the first prompt of an attempt, in the middle of a turn, or as the next one', () => {
    const ways = history([
      ...after(1),
      1,
      queued,
      given,
      { ...queued, prompt_id: 'p-2' },
      { ...given, messages: ['p-2'] },
      { ...queued, prompt_id: 'p-3' },
      { ...given, messages: ['p-3'], mid_turn: true },
    ])
      .map(({ event }) => (event.type === 'prompt_given' ? event.data.how : null))
      .filter((how) => how !== null);
    expect(ways).toEqual(['prompt', 'next_turn', 'mid_turn']);
  });

  test('lets the implementor go on before anything is committed, and its work be approved once more', () => {
    const moves = history([...after(5), queued]);
    expect(nextStep(last(moves)!)).toBe('implement');
    const again = history([...after(5), queued, 1, given]);
    expect(last(again)).toMatchObject({ in_progress: { step: 'implement', attempt: 2 } });
    expect(last(again)?.steps[4]).toMatchObject({ status: 'running', goes_on: true });
    const interrupted = { type: 'finish_attempt', result: finished('interrupted') } as const;
    expect(last(history([...after(5), queued, 1, given, interrupted]))?.steps[4]).toMatchObject({ goes_on: true });
    expect(nextStep(last(history([...after(5), queued, 1, given, 1]))!)).toBe('commit');
  });

  test('is refused where no agent would be given it, and where too many wait', () => {
    const types = (sequence: readonly (Timeless | number)[]) => history(sequence).map(({ event }) => event.type);
    for (const before of [
      after(6),
      [...after(5), 1],
      [...after(7), 1],
      [...after(1), { type: 'request_cancel' } as const],
    ]) {
      expect(types([...before, queued])).toEqual(types(before));
    }
    const many = Array.from({ length: 25 }, (_, number) => ({ ...queued, prompt_id: `p-${number}` as const }));
    expect(last(history([0, ...many]))?.messages).toHaveLength(20);
  });

  test('cannot be edited, withdrawn or given again once it is given, and none is edited that is withdrawn', () => {
    const edit = { type: 'edit_message', prompt_id: 'p-1', prompt: 'Else' } as const;
    const withdraw = { type: 'withdraw_message', prompt_id: 'p-1' } as const;
    const types = (sequence: readonly (Timeless | number)[]) => history(sequence).map(({ event }) => event.type);
    const inPlan = [...after(1), queued, 1, given];
    expect(types([...inPlan, edit, withdraw, given])).toEqual(types(inPlan));
    expect(types([0, queued, edit, withdraw, edit])).toEqual([
      'work_order_created',
      'prompt_queued',
      'prompt_edited',
      'prompt_withdrawn',
    ]);
  });

  test('that nobody was given is told at the end, and stays for a retry', () => {
    const moves = history([...after(1), queued, { type: 'request_cancel' }, { type: 'cancel', detail: 'x' }]);
    expect(moves.slice(-2).map(({ event }) => event)).toMatchObject([
      { type: 'note', data: { code: 'prompts_not_given', message: expect.stringContaining('p-1') } },
      { type: 'work_order_cancelled' },
    ]);
    expect(last(moves)?.messages).toHaveLength(1);
  });
});
