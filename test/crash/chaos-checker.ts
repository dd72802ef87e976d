import type { WorkOrderEvent } from '../../src/domain/event.ts';
import { TERMINAL_EVENT_TYPES } from '../../src/domain/event.ts';
import type { WorkOrder } from '../../src/domain/work-order.ts';
import { STEP_NAMES } from '../../src/domain/workflow.ts';

/** A branch of a remote repository that is not its base. */
export interface RemoteBranch {
  readonly name: string;
  readonly head: string;
  /** How many commits it has on top of the base. */
  readonly commits: number;
}

/** What is left of one work order. */
export interface OrderFacts {
  readonly state: Pick<WorkOrder, 'agent_work_order_id' | 'status' | 'waiting_reason' | 'git_branch_name'>;
  /** What a reader who was there all the time was shown, in the order in which it came. */
  readonly seen: readonly WorkOrderEvent[];
  /** What the store holds in the end. */
  readonly saved: readonly WorkOrderEvent[];
  /** Those of its remote whose name holds its id. */
  readonly branches: readonly RemoteBranch[];
  /** Pull requests from such a branch. */
  readonly pulls: number;
  /** Whether its forge has pull requests. */
  readonly wantsPull: boolean;
  /** Whether the service has to check the change. */
  readonly wantsChecks: boolean;
  /** The messages that whoever sent them was told are queued. */
  readonly messages: readonly string[];
  /** What a fork was made from, as the store holds it in the end; null for one that is none. */
  readonly origin: readonly WorkOrderEvent[] | null;
}

/** What is left of everything after a run. */
export interface WorldFacts {
  /** The ids that whoever handed them in was told, one a request however often it was sent. */
  readonly acknowledged: readonly string[];
  readonly orders: readonly OrderFacts[];
  /** Ids that the service has although nobody was told of them. */
  readonly unknown: readonly string[];
  /** What a reader of everything was shown, in the order in which it came. */
  readonly seenOfAll: readonly WorkOrderEvent[];
  /** Processes of ours that are alive, as text. */
  readonly living: readonly string[];
}

export type FaultKind =
  | 'order_lost'
  | 'order_twice'
  | 'event_lost'
  | 'event_changed'
  | 'event_repeated'
  | 'events_out_of_order'
  | 'history_has_gap'
  | 'step_done_twice'
  | 'attempt_left_open'
  | 'not_ended'
  | 'waits_without_reason'
  | 'ended_before_its_facts'
  | 'went_on_after_its_end'
  | 'branch_twice'
  | 'branch_missing'
  | 'commits_not_one'
  | 'pull_request_twice'
  | 'pull_request_missing'
  | 'process_left'
  | 'message_lost'
  | 'message_given_twice'
  | 'fork_differs'
  | 'change_unchecked'
  | 'cancelled_unasked'
  | 'went_on_after_cancel';

export interface FoundFault {
  readonly kind: FaultKind;
  readonly what: string;
}

/** Everything that must not be after whatever has happened to process, disk and network; empty when all is well. */
export function findFaults(world: WorldFacts): readonly FoundFault[] {
  return [
    ...ordersOf(world),
    ...world.orders.flatMap((order) => [
      ...shownOf(order),
      ...historyOf(order),
      ...endOf(order),
      ...deliveryOf(order),
      ...steeredOf(order),
    ]),
    ...ofAll(world),
    ...world.living.map((what) => ({ kind: 'process_left' as const, what })),
  ];
}

function ordersOf({ acknowledged, orders, unknown }: WorldFacts): readonly FoundFault[] {
  const ids = new Set<string>(orders.map(({ state }) => state.agent_work_order_id));
  const lost = acknowledged.filter((id) => !ids.has(id));
  return [
    ...lost.map((what) => ({ kind: 'order_lost' as const, what })),
    ...unknown.map((what) => ({ kind: 'order_twice' as const, what: `nobody was told of ${what}` })),
    ...repeated(acknowledged).map((what) => ({ kind: 'order_lost' as const, what: `two requests were told ${what}` })),
  ];
}

/** What was shown once is there for ever, once, as it was. */
function shownOf({ state, seen, saved }: OrderFacts): readonly FoundFault[] {
  const id = state.agent_work_order_id;
  const found: FoundFault[] = repeated(seen.map(({ seq }) => seq)).map((seq) => ({
    kind: 'event_repeated',
    what: `${id} showed ${seq} twice`,
  }));
  for (const [index, { seq }] of seen.entries()) {
    const before = seen[index - 1]?.seq ?? 0;
    if (seq < before) found.push({ kind: 'events_out_of_order', what: `${id} showed ${seq} after ${before}` });
    if (seq > before + 1) found.push({ kind: 'history_has_gap', what: `${id} showed ${seq} after ${before}` });
  }
  const bySeq = new Map(saved.map((event) => [event.seq, JSON.stringify(event)]));
  for (const event of seen) {
    const now = bySeq.get(event.seq);
    if (now === undefined) found.push({ kind: 'event_lost', what: `${id} has no ${event.seq} any more` });
    else if (now !== JSON.stringify(event)) found.push({ kind: 'event_changed', what: `${id} ${event.seq}: ${now}` });
  }
  const shown = new Set(seen.map(({ seq }) => seq));
  const unseen = saved.filter(({ seq }) => !shown.has(seq));
  if (unseen.length > 0) {
    found.push({ kind: 'event_lost', what: `${id} never showed ${unseen.map(({ seq }) => seq).join(', ')}` });
  }
  return found;
}

function historyOf({ state, saved }: OrderFacts): readonly FoundFault[] {
  const id = state.agent_work_order_id;
  const found: FoundFault[] = [];
  const done = new Set<string>();
  let open: string | null = null;
  let ended = false;
  const queued = new Set<string>();
  const given = new Map<string, string>();
  for (const [index, event] of saved.entries()) {
    if (event.seq !== index + 1)
      found.push({ kind: 'history_has_gap', what: `${id} has ${event.seq} at ${index + 1}` });
    if (event.type === 'work_order_reopened') {
      ended = false;
      for (const step of STEP_NAMES.slice(STEP_NAMES.indexOf(event.data.from_step))) done.delete(step);
    }
    if (ended && event.type !== 'rewound')
      found.push({ kind: 'went_on_after_its_end', what: `${id} has ${event.type} at ${event.seq}` });
    if (event.type === 'attempt_started') {
      const { step } = event.data;
      if (open !== null) found.push({ kind: 'attempt_left_open', what: `${id}: ${open} was open at ${event.seq}` });
      const goesOn = step === 'implement' && queued.size > 0;
      if (done.has(step) && !goesOn)
        found.push({ kind: 'step_done_twice', what: `${id} began ${step} again at ${event.seq}` });
      open = step;
    }
    if (event.type === 'attempts_inherited') for (const { step } of event.data.attempts) done.add(step);
    if (event.type === 'prompt_queued') queued.add(event.data.prompt_id);
    if (event.type === 'prompt_withdrawn') queued.delete(event.data.prompt_id);
    if (event.type === 'prompt_given') {
      const { prompt_id, step, attempt } = event.data;
      if (!queued.delete(prompt_id))
        found.push({ kind: 'message_given_twice', what: `${id}: ${prompt_id} to ${step} ${attempt}` });
      given.set(prompt_id, `${step} ${attempt}`);
    }
    if (event.type === 'attempt_finished') {
      const { step, attempt, success } = event.data;
      open = null;
      if (success) done.add(step);
      for (const [promptId, to] of given) {
        if (to !== `${step} ${attempt}`) continue;
        given.delete(promptId);
        if (!success) queued.add(promptId);
      }
    }
    if (TERMINAL_EVENT_TYPES.has(event.type)) {
      ended = true;
      if (open !== null) found.push({ kind: 'ended_before_its_facts', what: `${id} ended while ${open} was open` });
      if (event.type === 'work_order_completed' && done.size < STEP_NAMES.length) {
        found.push({ kind: 'ended_before_its_facts', what: `${id} is completed with ${done.size} steps` });
      }
    }
  }
  return found;
}

/** What people have asked for on the way came to what they were told. */
function steeredOf({ state, saved, wantsChecks, messages, origin }: OrderFacts): readonly FoundFault[] {
  const { agent_work_order_id: id, status } = state;
  const found: FoundFault[] = [];
  const has = (type: WorkOrderEvent['type'], promptId: string) =>
    saved.some((event) => event.type === type && 'prompt_id' in event.data && event.data.prompt_id === promptId);
  for (const promptId of messages) {
    const isTold = saved.some(
      ({ type, data }) => type === 'note' && data.code === 'prompts_not_given' && data.message.includes(promptId),
    );
    const isGone = has('prompt_queued', promptId) && (has('prompt_given', promptId) || isTold);
    if (!isGone) found.push({ kind: 'message_lost', what: `${id}: ${promptId}` });
  }
  let isCancelled = false;
  for (const { type, data, seq } of saved) {
    if (type === 'work_order_cancel_requested') isCancelled = true;
    if (type === 'work_order_reopened') isCancelled = false;
    if (type === 'attempt_started' && isCancelled)
      found.push({ kind: 'went_on_after_cancel', what: `${id} at ${seq}` });
    const isUnchecked =
      type === 'attempt_finished' && data.step === 'implement' && data.success && data.checks.length === 0;
    if (wantsChecks && isUnchecked) found.push({ kind: 'change_unchecked', what: `${id} at ${seq}` });
    if (type !== 'attempts_inherited' || origin === null) continue;
    const of = (from: readonly WorkOrderEvent[], step: string) =>
      from.findLast((event) => event.type === 'attempt_finished' && event.data.success && event.data.step === step);
    for (const { step, output, checkpoint } of data.attempts) {
      const there = of(origin, step)?.data;
      const isSame =
        there &&
        'checkpoint' in there &&
        'output' in there &&
        there.checkpoint === checkpoint &&
        there.output === output;
      if (!isSame) found.push({ kind: 'fork_differs', what: `${id} has another ${step}` });
    }
  }
  if (status === 'cancelled' && !isCancelled) found.push({ kind: 'cancelled_unasked', what: id });
  return found;
}

function endOf({ state }: OrderFacts): readonly FoundFault[] {
  const { agent_work_order_id: id, status, waiting_reason: reason } = state;
  if (status === 'pending' || status === 'running') return [{ kind: 'not_ended', what: `${id} is ${status}` }];
  if (status !== 'waiting') return [];
  if (reason === null) return [{ kind: 'waits_without_reason', what: id }];
  // Whatever it may wait for has been done, and weeks have passed.
  return [{ kind: 'not_ended', what: `${id} still waits for ${reason}` }];
}

/** What was delivered is there, once, and what the history says of it is true. */
function deliveryOf({ state, saved, branches, pulls, wantsPull }: OrderFacts): readonly FoundFault[] {
  const { agent_work_order_id: id, git_branch_name: name } = state;
  const found: FoundFault[] = [];
  if (branches.length > 1) {
    found.push({ kind: 'branch_twice', what: `${id}: ${branches.map((branch) => branch.name).join(', ')}` });
  }
  for (const branch of branches) {
    if (branch.commits !== 1) found.push({ kind: 'commits_not_one', what: `${branch.name} has ${branch.commits}` });
  }
  if (pulls > 1) found.push({ kind: 'pull_request_twice', what: `${id} has ${pulls}` });
  if (state.status !== 'completed') return found;
  const pushed = saved.findLast(({ type, data }) => type === 'effect_done' && data.effect === 'push')?.data;
  const isThere = branches.some(
    (branch) => branch.name === name && pushed && 'commit' in pushed && branch.head === pushed.commit,
  );
  if (!isThere) found.push({ kind: 'branch_missing', what: `${id} says that it has pushed ${name}` });
  if (!wantsPull) return found;
  const known = saved.some(({ type, data }) => type === 'effect_done' && data.effect === 'pull_request');
  if (pulls === 0) found.push({ kind: 'pull_request_missing', what: `${id} is completed without one` });
  if (!known) found.push({ kind: 'ended_before_its_facts', what: `${id} does not know its pull request` });
  return found;
}

function ofAll({ seenOfAll, orders }: WorldFacts): readonly FoundFault[] {
  const found: FoundFault[] = [];
  for (const [index, { position }] of seenOfAll.entries()) {
    const before = seenOfAll[index - 1]?.position ?? 0;
    if (position <= before) found.push({ kind: 'events_out_of_order', what: `position ${position} after ${before}` });
  }
  const shown = new Set(seenOfAll.map(({ position }) => position));
  const unseen = orders.flatMap(({ saved }) => saved).filter(({ position }) => !shown.has(position));
  return unseen.length === 0
    ? found
    : [...found, { kind: 'event_lost', what: `the stream of all skipped ${unseen.length} of them` }];
}

function repeated<Value>(values: readonly Value[]): readonly Value[] {
  return values.filter((value, index) => values.indexOf(value) !== index);
}
