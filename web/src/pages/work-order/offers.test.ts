import { expect, test } from 'vitest';
import type { TimelessCommand } from '../../../../src/domain/work-order.ts';
import { SUCCESS, aWorkOrder } from '../../testing/work-order.ts';
import { offersOf } from './offers.ts';

const SANDBOX = { sandbox_identifier: 'sandbox', base_branch: 'main', base_commit: 'c0ffee' } as const;
const CLASSIFIED: readonly TimelessCommand[] = [
  { type: 'start' },
  { type: 'start_attempt', step: 'classify' },
  { type: 'complete_effect', effect: { effect: 'sandbox', ...SANDBOX } },
  { type: 'finish_attempt', result: SUCCESS },
];
const PLANNED: readonly TimelessCommand[] = [
  ...CLASSIFIED,
  { type: 'start_attempt', step: 'plan' },
  { type: 'finish_attempt', result: SUCCESS },
  { type: 'start_attempt', step: 'find_plan' },
  { type: 'keep_plan', path: 'specs/plan.md', plan: '# Plan' },
  { type: 'finish_attempt', result: SUCCESS },
];

/** What is offered after these commands. */
function after(...commands: readonly TimelessCommand[]) {
  const { workOrder, attempts } = aWorkOrder(commands, { approvals: ['after:find_plan'] });
  return offersOf(workOrder, attempts);
}

const NOTHING = {
  cancel: false,
  pause: false,
  resume: false,
  approve: false,
  editPlan: false,
  keepWork: false,
  budget: true,
  raiseBudget: false,
};

test('one that runs can be paused, cancelled and told something, and forked from what is done', () => {
  expect(after(...CLASSIFIED, { type: 'start_attempt', step: 'plan' })).toEqual({
    ...NOTHING,
    cancel: true,
    pause: true,
    message: true,
    retry: [],
    rewind: [],
    fork: ['classify'],
  });
});

test('one that waits for an approval can be approved, its plan edited, and be taken back', () => {
  expect(after(...PLANNED, { type: 'wait', reason: 'approval', detail: 'Read it.', until: null })).toEqual({
    ...NOTHING,
    approve: true,
    editPlan: true,
    cancel: true,
    message: true,
    retry: ['classify', 'plan', 'find_plan', 'generate_branch'],
    rewind: ['classify', 'plan', 'find_plan'],
    fork: ['classify', 'plan', 'find_plan'],
  });
});

test('one that has failed can be taken up again, and nothing else', () => {
  const failed = { ...SUCCESS, status: 'failed', error_code: 'agent_crashed', error_message: 'It crashed.' } as const;
  expect(
    after(
      ...CLASSIFIED,
      { type: 'start_attempt', step: 'plan' },
      { type: 'finish_attempt', result: failed },
      { type: 'fail', error_code: 'agent_crashed', error_message: 'It crashed.' },
    ),
  ).toEqual({
    ...NOTHING,
    message: false,
    retry: ['classify', 'plan'],
    rewind: ['classify'],
    fork: ['classify'],
  });
});

test('one that has failed with work of its own can go on with it', () => {
  const offer = (error_code: string) =>
    after(
      ...PLANNED,
      { type: 'start_attempt', step: 'generate_branch' },
      { type: 'finish_attempt', result: SUCCESS },
      { type: 'start_attempt', step: 'implement' },
      {
        type: 'finish_attempt',
        result: { ...SUCCESS, status: 'failed', error_code, error_message: 'It did.', checkpoint: 'c0ffee' },
      },
      { type: 'fail', error_code, error_message: 'It did.' },
    ).keepWork;
  expect(offer('agent_crashed')).toBe(true);
  expect(offer('secret_in_changes')).toBe(false);
});

test('one that is paused, or is about to be, can go on', () => {
  const running: readonly TimelessCommand[] = [...CLASSIFIED, { type: 'start_attempt', step: 'plan' }];
  expect(after(...running, { type: 'pause' })).toMatchObject({ resume: true, pause: false });
  expect(after({ type: 'pause' })).toMatchObject({ resume: true, pause: false });
  expect(after(...running, { type: 'request_cancel' })).toMatchObject({ ...NOTHING, message: false });
});

test('one that has spent its budget is taken up again only when that is raised', () => {
  const failed = { ...SUCCESS, status: 'failed', error_code: 'budget_exhausted', error_message: 'Spent.' } as const;
  const spent: readonly TimelessCommand[] = [
    { type: 'start' },
    { type: 'start_attempt', step: 'classify' },
    { type: 'finish_attempt', result: { ...failed, duration_seconds: 60 } },
    { type: 'fail', error_code: 'budget_exhausted', error_message: 'Spent.' },
  ];
  const change = { type: 'change_budget', beyond_daily: null, by: 'ada', until: null, reason: null } as const;
  const limited = { ...change, limits: { minutes: 1 } };
  expect(after(limited, ...spent)).toMatchObject({ raiseBudget: true, retry: [] });
  expect(after(limited, ...spent, { ...change, limits: { minutes: 2 } })).toMatchObject({
    raiseBudget: false,
    retry: ['classify'],
  });
  const wait = { type: 'wait', reason: 'quota', detail: 'Spent.', until: '2026-11-26T00:00:00.000Z' } as const;
  expect(after({ type: 'start' }, { ...wait, budget: 'service_day' })).toMatchObject({ raiseBudget: true });
  expect(after({ type: 'start' }, wait)).toMatchObject({ raiseBudget: false });
});
