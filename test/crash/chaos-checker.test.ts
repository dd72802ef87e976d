import { describe, expect, test } from 'vitest';
import type { WorkOrderEvent } from '../../src/domain/event.ts';
import { aResult, aWorkOrder, runSteps } from '../suites/histories.ts';
import type { FaultKind, OrderFacts, WorldFacts } from './chaos-checker.ts';
import { findFaults } from './chaos-checker.ts';

const BRANCH = 'chore-wo-1';
const COMMIT = 'c1';

/** Two work orders that have ended well, one of them with a pull request. */
function aWorld(): WorldFacts {
  const orders = [anOrder(0, true), anOrder(100, false)];
  return {
    acknowledged: orders.map(({ state }) => state.agent_work_order_id),
    orders,
    unknown: [],
    seenOfAll: orders.flatMap(({ saved }) => saved),
    living: [],
  };
}

function anOrder(firstPosition: number, wantsPull: boolean): OrderFacts {
  const history = aWorkOrder();
  runSteps(history, 6);
  history.give({ type: 'start_attempt', step: 'create_pr' });
  history.give({ type: 'complete_effect', effect: { effect: 'branch', git_branch_name: BRANCH } });
  history.give({ type: 'complete_effect', effect: { effect: 'push', git_branch_name: BRANCH, commit: COMMIT } });
  const effect = { effect: 'pull_request', github_pull_request_url: 'https://example.org/1' } as const;
  if (wantsPull) history.give({ type: 'complete_effect', effect });
  history.give({ type: 'finish_attempt', result: aResult('create_pr') });
  history.give({ type: 'complete', outcome: wantsPull ? 'pull_request_opened' : 'branch_pushed' });
  const saved = history.events.map((event, index) => ({
    ...event,
    agent_work_order_id: history.workOrderId,
    seq: index + 1,
    position: firstPosition + index + 1,
  }));
  const branches = [{ name: BRANCH, head: COMMIT, commits: 1 }];
  return {
    state: history.workOrder,
    seen: saved,
    saved,
    branches,
    pulls: wantsPull ? 1 : 0,
    wantsPull,
    wantsChecks: false,
    messages: [],
    origin: null,
  };
}

/** The same world with another first work order. */
function withOrder(change: (order: OrderFacts) => Partial<OrderFacts>): WorldFacts {
  const world = aWorld();
  const [first, ...others] = world.orders;
  return { ...world, orders: [{ ...first!, ...change(first!) }, ...others] };
}

/** The same world with another history, shown as it is. */
function withHistory(change: (saved: readonly WorkOrderEvent[]) => readonly WorkOrderEvent[]): WorldFacts {
  const world = withOrder(({ saved }) => ({ saved: numbered(change(saved)), seen: numbered(change(saved)) }));
  return { ...world, seenOfAll: world.orders.flatMap(({ saved }) => saved) };
}

const numbered = (events: readonly WorkOrderEvent[]): readonly WorkOrderEvent[] =>
  events.map((event, index) => ({ ...event, seq: index + 1, position: index + 1 }));

const isA = (type: WorkOrderEvent['type']) => (event: WorkOrderEvent) => event.type === type;

const MESSAGE = { prompt_id: 'p-1', bytes: 1 };
const GIVEN = { prompt_id: 'p-1', step: 'plan', attempt: 1, how: 'prompt' };

/** An event to plant: numbered later. */
const event = (type: WorkOrderEvent['type'], data: object): WorkOrderEvent =>
  ({ ...aWorld().orders[0]!.saved[0]!, type, data }) as WorkOrderEvent;

const finished = (saved: readonly WorkOrderEvent[]) => saved.find(isA('attempt_finished'))!.data;

test('finds nothing where all is well', () => {
  expect(findFaults(aWorld())).toEqual([]);
});

const PLANTED: readonly (readonly [FaultKind, string, () => WorldFacts])[] = [
  ['order_lost', 'an acknowledged work order is gone', () => ({ ...aWorld(), orders: aWorld().orders.slice(1) })],
  ['order_lost', 'nobody was answered', () => ({ ...aWorld(), acknowledged: ['nobody was answered'] })],
  ['order_twice', 'one request has made two', () => ({ ...aWorld(), unknown: ['wo-00000000'] })],
  ['event_lost', 'an event that was shown is gone', () => withOrder(({ saved }) => ({ saved: saved.slice(0, -1) }))],
  ['event_lost', 'a reader was never shown one', () => withOrder(({ seen }) => ({ seen: seen.slice(0, -1) }))],
  ['event_lost', 'the reader of all skipped some', () => ({ ...aWorld(), seenOfAll: aWorld().seenOfAll.slice(2) })],
  [
    'event_changed',
    'an event is another than the one that was shown',
    () =>
      withOrder(({ saved }) => ({ saved: saved.with(3, { ...saved[3]!, occurred_at: '2020-01-01T00:00:00.000Z' }) })),
  ],
  ['event_repeated', 'one was shown twice', () => withOrder(({ seen }) => ({ seen: [...seen, seen.at(-1)!] }))],
  [
    'events_out_of_order',
    'a reader was shown two in the wrong order',
    () => withOrder(({ seen }) => ({ seen: [seen[1]!, seen[0]!, ...seen.slice(2)] })),
  ],
  ['events_out_of_order', 'the reader of all was', () => ({ ...aWorld(), seenOfAll: aWorld().seenOfAll.toReversed() })],
  ['history_has_gap', 'a number is missing', () => withOrder(({ saved }) => ({ saved: saved.toSpliced(4, 1) }))],
  [
    'step_done_twice',
    'a step that had succeeded began again',
    () => withHistory((saved) => saved.toSpliced(-1, 0, saved.find(isA('attempt_started'))!)),
  ],
  [
    'attempt_left_open',
    'an attempt began while another one ran',
    () => withHistory((saved) => saved.toSpliced(3, 0, saved.find(isA('attempt_started'))!)),
  ],
  [
    'ended_before_its_facts',
    'it is completed while a step runs',
    () => withHistory((saved) => saved.toSpliced(saved.findLastIndex(isA('attempt_finished')), 1)),
  ],
  [
    'ended_before_its_facts',
    'it is completed and does not know its pull request',
    () => withHistory((saved) => saved.filter(({ data }) => !('effect' in data) || data.effect !== 'pull_request')),
  ],
  [
    'went_on_after_its_end',
    'something happened after the end',
    () => withHistory((saved) => [...saved, saved.find(isA('attempt_prompted'))!]),
  ],
  ['not_ended', 'it is running still', () => withOrder(({ state }) => ({ state: { ...state, status: 'running' } }))],
  [
    'not_ended',
    'it waits although weeks have passed and everything was done',
    () => withOrder(({ state }) => ({ state: { ...state, status: 'waiting', waiting_reason: 'quota' } })),
  ],
  [
    'waits_without_reason',
    'it waits for nothing',
    () => withOrder(({ state }) => ({ state: { ...state, status: 'waiting', waiting_reason: null } })),
  ],
  [
    'branch_twice',
    'it has two branches',
    () => withOrder(({ branches }) => ({ branches: [...branches, { name: 'other', head: COMMIT, commits: 1 }] })),
  ],
  ['branch_missing', 'its branch is not there', () => withOrder(() => ({ branches: [] }))],
  [
    'branch_missing',
    'its branch has another commit',
    () => withOrder(() => ({ branches: [{ name: BRANCH, head: 'c2', commits: 1 }] })),
  ],
  [
    'commits_not_one',
    'its branch has two commits',
    () => withOrder(() => ({ branches: [{ name: BRANCH, head: COMMIT, commits: 2 }] })),
  ],
  ['pull_request_twice', 'it has two pull requests', () => withOrder(() => ({ pulls: 2 }))],
  ['pull_request_missing', 'its pull request is not there', () => withOrder(() => ({ pulls: 0 }))],
  ['message_lost', 'one that was acknowledged was given to nobody', () => withOrder(() => ({ messages: ['p-lost'] }))],
  [
    'message_given_twice',
    'two attempts were given one',
    () =>
      withHistory((saved) => [
        saved[0]!,
        event('prompt_queued', MESSAGE),
        ...Array.from({ length: 2 }, () => event('prompt_given', GIVEN)),
        ...saved.slice(1),
      ]),
  ],
  ['change_unchecked', 'a change that was to be checked was not', () => withOrder(() => ({ wantsChecks: true }))],
  [
    'fork_differs',
    'a fork has begun with something else than its origin has',
    () =>
      withOrder(({ saved }) => ({
        origin: saved,
        saved: [...saved, event('attempts_inherited', { attempts: [{ ...finished(saved), checkpoint: 'another' }] })],
      })),
  ],
  [
    'cancelled_unasked',
    'it is cancelled, and nobody wanted that',
    () => withOrder(({ state }) => ({ state: { ...state, status: 'cancelled' } })),
  ],
  [
    'went_on_after_cancel',
    'an attempt began after the wish to cancel',
    () => withHistory((saved) => [...saved.slice(0, 2), event('work_order_cancel_requested', {}), ...saved.slice(2)]),
  ],
  ['process_left', 'a process is alive', () => ({ ...aWorld(), living: ['17 sleep 1000'] })],
];

describe('finds what was planted', () => {
  test.each(PLANTED)('%s: %s', (kind, _what, plant) => {
    expect(new Set(findFaults(plant()).map((fault) => fault.kind))).toContain(kind);
  });

  test('of every kind', () => {
    const kinds: Readonly<Record<FaultKind, true>> = {
      order_lost: true,
      order_twice: true,
      event_lost: true,
      event_changed: true,
      event_repeated: true,
      events_out_of_order: true,
      history_has_gap: true,
      step_done_twice: true,
      attempt_left_open: true,
      not_ended: true,
      waits_without_reason: true,
      ended_before_its_facts: true,
      went_on_after_its_end: true,
      branch_twice: true,
      branch_missing: true,
      commits_not_one: true,
      pull_request_twice: true,
      pull_request_missing: true,
      process_left: true,
      message_lost: true,
      message_given_twice: true,
      fork_differs: true,
      change_unchecked: true,
      cancelled_unasked: true,
      went_on_after_cancel: true,
    };
    expect(new Set(PLANTED.map(([kind]) => kind))).toEqual(new Set(Object.keys(kinds)));
  });
});
