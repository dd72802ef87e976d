import { describe, expect, test } from 'vitest';
import {
  NOTHING_SPENT,
  NO_LIMITS,
  addSpending,
  budgetAt,
  budgetOf,
  dayOf,
  exhaustedIn,
  exhaustedText,
  isBeyondDaily,
  leftOf,
  nextDay,
  spendingOf,
} from './budget.ts';
import { decide } from './decide.ts';
import { WorkOrderError } from './errors.ts';
import { evolve } from './project.ts';
import type { AttemptResult, TimelessCommand, WorkOrder } from './work-order.ts';

const ID = 'wo-a1b2c3d4';
const NOON = '2026-11-25T12:00:00.000Z';
const LATER = '2026-11-25T18:00:00.000Z';

const RESULT: AttemptResult = {
  status: 'failed',
  output: null,
  output_truncated: false,
  answer: null,
  error_code: 'budget_exhausted',
  error_message: 'It is spent.',
  limit_resets_at: null,
  checks: [],
  duration_seconds: 90,
  session_id: null,
  usage: { input_tokens: 900, output_tokens: 100, cost_usd: 2 },
  checkpoint: null,
  changes: null,
};

/** A work order after these commands. */
function after(...commands: readonly TimelessCommand[]): WorkOrder {
  const request = {
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
    budget: { cost_usd: 2, tokens: null, minutes: null },
  } as const;
  let workOrder: WorkOrder | null = null;
  for (const command of [{ type: 'create', request, confinement: null } as const, ...commands])
    for (const event of decide({ ...command, at: NOON }, workOrder)) workOrder = evolve(workOrder, event, ID);
  if (!workOrder) throw new Error('nothing was made');
  return workOrder;
}

const change = (given: Partial<Extract<TimelessCommand, { readonly type: 'change_budget' }>>) =>
  ({ type: 'change_budget', limits: {}, beyond_daily: null, by: 'ada', until: null, reason: null, ...given }) as const;
const spend = [
  { type: 'start' },
  { type: 'start_attempt', step: 'classify' },
  { type: 'finish_attempt', result: RESULT },
] as const satisfies readonly TimelessCommand[];
const fail = { type: 'fail', error_code: 'budget_exhausted', error_message: 'It is spent.' } as const;
const retry = {
  type: 'reopen',
  from_step: 'classify',
  checkpoint: null,
  rewound: false,
  change: {},
  feedback: null,
} as const;

describe('what is spent', () => {
  test('is what is known of usage, and the time', () => {
    expect(spendingOf({ input_tokens: 5, output_tokens: null, cost_usd: null }, 90)).toEqual({
      cost_usd: 0,
      tokens: 5,
      minutes: 1.5,
    });
    expect(spendingOf(null, 0)).toEqual(NOTHING_SPENT);
  });

  test('has no dust of binary fractions, so that ten dimes are a dollar', () => {
    const dime = { cost_usd: 0.1, tokens: 0, minutes: 0 };
    const dollar = Array.from({ length: 10 }).reduce<typeof dime>((sum) => addSpending(sum, dime), NOTHING_SPENT);
    expect(dollar.cost_usd).toBe(1);
    expect(exhaustedIn([{ scope: 'work_order', budget: { ...NO_LIMITS, cost_usd: 1 }, spent: dollar }])).toMatchObject({
      measure: 'cost_usd',
      limit: 1,
    });
  });

  test('is added up over the attempts of a work order', () => {
    expect(after(...spend).spent).toEqual({ cost_usd: 2, tokens: 1_000, minutes: 1.5 });
  });
});

describe('several budgets', () => {
  const standings = [
    {
      scope: 'work_order',
      budget: { cost_usd: 5, tokens: null, minutes: 10 },
      spent: { cost_usd: 1, tokens: 9, minutes: 2 },
    },
    {
      scope: 'service_day',
      budget: { cost_usd: 20, tokens: 50, minutes: null },
      spent: { cost_usd: 18, tokens: 50, minutes: 99 },
    },
  ] as const;

  test('leave what the tightest leaves, by measure', () => {
    expect(leftOf(standings)).toEqual({ cost_usd: 2, tokens: 0, minutes: 8 });
    expect(leftOf([])).toEqual(NO_LIMITS);
  });

  test('are exhausted when one is, which is named', () => {
    const exhausted = exhaustedIn(standings);
    expect(exhausted).toEqual({ scope: 'service_day', measure: 'tokens', limit: 50, spent: 50 });
    expect(exhausted && exhaustedText(exhausted)).toBe(
      'The budget of the service for this UTC day is spent: 50 tokens of 50 tokens.',
    );
    expect(exhaustedIn(standings.slice(0, 1))).toBeNull();
  });
});

test('a day is one of UTC, over the ends of months and years', () => {
  expect(dayOf('2026-12-31T23:59:59.999Z')).toBe('2026-12-31');
  expect(nextDay('2026-12-31T23:59:59.999Z')).toBe('2027-01-01T00:00:00.000Z');
  expect(nextDay('2028-02-28T00:00:00.000Z')).toBe('2028-02-29T00:00:00.000Z');
});

test('limits that name nothing are no budget', () => {
  expect(budgetOf({ cost_usd: null })).toBeNull();
  expect(budgetOf({ minutes: 5 })).toEqual({ cost_usd: null, tokens: null, minutes: 5 });
});

describe('a change', () => {
  test('for good takes the place of what was; what it does not name stays', () => {
    const workOrder = after(change({ limits: { tokens: 9 } }), change({ limits: { cost_usd: 8 } }));
    expect(workOrder).toMatchObject({
      budget: { cost_usd: 8, tokens: 9, minutes: null },
      budget_override: null,
      daily_override: null,
      budget_changed_at: NOON,
    });
    expect(after(change({ limits: { cost_usd: null } })).budget).toEqual(NO_LIMITS);
  });

  test('until a time counts until then, and what was before counts again', () => {
    const workOrder = after(change({ limits: { cost_usd: 50 }, until: LATER }));
    expect(budgetAt(workOrder, NOON).cost_usd).toBe(50);
    expect(budgetAt(workOrder, LATER).cost_usd).toBe(2);
    expect(workOrder.budget_override).toMatchObject({ until: LATER, by: 'ada' });
  });

  test('lets budgets of days not hold it, until a time, and can be taken back', () => {
    const workOrder = after(change({ beyond_daily: true, until: LATER }));
    expect([isBeyondDaily(workOrder, NOON), isBeyondDaily(workOrder, LATER)]).toEqual([true, false]);
    expect(isBeyondDaily(after(change({ beyond_daily: true })), LATER)).toBe(true);
    expect(after(change({ beyond_daily: true }), change({ beyond_daily: false })).daily_override).toBeNull();
  });

  const wait = { type: 'wait', reason: 'quota', detail: 'It is spent.', until: LATER } as const;
  test('lets go on what waits for the next day, and nothing else that waits', () => {
    const beyond = change({ beyond_daily: true });
    const ofDay = after({ type: 'start' }, { ...wait, budget: 'service_day' });
    expect(ofDay.waiting_budget).toBe('service_day');
    expect(after({ type: 'start' }, { ...wait, budget: 'service_day' }, beyond)).toMatchObject({
      status: 'pending',
      waiting_budget: null,
    });
    expect(after({ type: 'start' }, wait, beyond).status).toBe('waiting');
    const raised = change({ limits: { cost_usd: 9 } });
    expect(after({ type: 'start' }, { ...wait, budget: 'service_day' }, raised).status).toBe('waiting');
  });
});

describe('a retry of a work order that has spent its budget', () => {
  const codeOf = (run: () => unknown) => {
    try {
      run();
      return null;
    } catch (error) {
      return error instanceof WorkOrderError ? error.code : error;
    }
  };

  test('is refused until the budget was raised', () => {
    expect(codeOf(() => after(...spend, fail, retry))).toBe('budget_exhausted');
    expect(codeOf(() => after(...spend, fail, change({ limits: { cost_usd: 1.5 } }), retry))).toBe('budget_exhausted');
    expect(after(...spend, fail, change({ limits: { cost_usd: 3 } }), retry).status).toBe('pending');
  });

  test('is refused again when the time of a raise is over', () => {
    const raised = after(...spend, fail, change({ limits: { cost_usd: 3 }, until: LATER }));
    expect(decide({ ...retry, at: NOON }, raised)).toHaveLength(1);
    expect(codeOf(() => decide({ ...retry, at: LATER }, raised))).toBe('budget_exhausted');
  });
});
