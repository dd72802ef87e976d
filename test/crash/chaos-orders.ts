import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { EventsPageSchema } from '../../src/contract/events.ts';
import { WorkOrderSchema } from '../../src/contract/work-order.ts';
import type { WorkOrderEvent } from '../../src/domain/event.ts';
import type { FakeRepository } from '../fake-github/repository.ts';
import type { OrderFacts, RemoteBranch, WorldFacts } from './chaos-checker.ts';
import type { KeepingReader } from './keeping-reader.ts';
import { keepReading } from './keeping-reader.ts';
import type { Lives } from './lives.ts';

const LOOK_MS = 200;
/** How long everything may take to end when nothing disturbs it any more; on a busy machine. */
const SETTLED_WITHIN_MS = 180_000;
const SHOWN_WITHIN_MS = 20_000;

const StandingSchema = WorkOrderSchema.pick({ status: true, waiting_reason: true });

/** A repository that work is asked for. */
export interface ChaosTarget {
  readonly url: string;
  /** Where it lies. */
  readonly bare: string;
  /** What the forge knows of it; null for a plain git remote. */
  readonly repository: FakeRepository | null;
}

interface Order {
  readonly target: ChaosTarget;
  /** Null until whoever hands it in is told. */
  id: string | null;
  reader: KeepingReader | null;
  state: OrderFacts['state'] | null;
  saved: readonly WorkOrderEvent[];
  /** What is wanted of it beside the work. */
  readonly wish: { readonly checks: readonly string[]; readonly approvals: readonly string[] };
  /** What it was forked from; null for one that is no fork. */
  readonly origin: Order | null;
  readonly messages: string[];
}

/** What a person does with a work order on its way. */
export const ACTIONS = ['message', 'cancel', 'fork', 'pause'] as const;
export type ChaosAction = (typeof ACTIONS)[number];

/** The work orders of one round: handed in until they are acknowledged, read all the time, retried when they fail. */
export class ChaosOrders {
  readonly #lives: Lives;
  readonly #targets: readonly ChaosTarget[];
  readonly #orders: Order[] = [];
  readonly #ofAll: KeepingReader;
  /** Ids that the service has beside those that were acknowledged. */
  #listed: readonly string[] = [];
  retried = 0;

  constructor(lives: Lives, targets: readonly ChaosTarget[]) {
    this.#lives = lives;
    this.#targets = targets;
    this.#ofAll = keepReading(lives, '/events', 'position');
  }

  get count(): number {
    return this.#orders.length;
  }

  get events(): number {
    return this.#orders.reduce((sum, { saved }) => sum + saved.length, 0);
  }

  /** Whether the readers have seen the end of all that were handed in. */
  get allEnded(): boolean {
    return this.#orders.every(({ reader }) => hasEnded(reader));
  }

  handIn(many: number): void {
    for (let index = 0; index < many; index += 1) {
      const target = this.#targets[index % this.#targets.length];
      if (!target) throw new Error('there is no repository to work on');
      const [isChecked, isApproved] = [this.count % 2 === 0, this.count % 3 === 0];
      const wish = {
        checks: isChecked ? ['test -s list.txt'] : [],
        approvals: isApproved ? ['before:implement'] : [],
      };
      this.#begin({ target, wish, origin: null }, '/agent-work-orders', {
        repository_url: target.url,
        user_request: 'Keep a list',
        ...wish,
      });
    }
  }

  /** Resolves when all have ended, or everything is over. */
  async ended(): Promise<void> {
    while (!this.allEnded && !this.#lives.over) await pause(LOOK_MS);
  }

  /**
   * What a person would do: takes those up again that have failed, since an agent that was killed is no reason to give up;
   * approves, and lets go on what was paused.
   */
  async tend(): Promise<void> {
    for (const { id, reader } of this.#orders) {
      if (id === null || hasEnded(reader)) continue;
      const path = `/agent-work-orders/${id}`;
      const ask = (what: string) => this.#lives.askForJson(`${path}/${what}`, { method: 'POST' });
      const { success, data: order } = StandingSchema.safeParse((await this.#lives.askForJson(path)).body);
      if (!success) continue;
      if (order.status === 'failed' && (await ask('retry')).status === 202) this.retried += 1;
      if (order.waiting_reason === 'approval') await ask('approve');
      if (order.waiting_reason === 'paused') await ask('resume');
    }
  }

  /** Does something with one of those that go on; it may be too late for it. Returns whether it was done. */
  async act(action: ChaosAction, which: number): Promise<boolean> {
    const living = this.#orders.filter(({ id, reader }) => id !== null && !hasEnded(reader));
    const order = living[which % Math.max(1, living.length)];
    if (!order) return false;
    const path = `/agent-work-orders/${order.id}`;
    const json = { method: 'POST', headers: { 'content-type': 'application/json' } };
    if (action === 'fork') {
      const isPlanned = order.reader?.seen.some(
        ({ type, data }) => type === 'attempt_finished' && data.step === 'plan' && data.success,
      );
      if (!isPlanned) return false;
      this.#begin({ target: order.target, wish: order.wish, origin: order }, `${path}/fork`, { from_step: 'plan' });
      return true;
    }
    const body = action === 'message' ? JSON.stringify({ prompt_text: 'One more.' }) : null;
    const answer = await this.#lives.askForJson(`${path}/${action === 'message' ? 'prompt' : action}`, {
      ...json,
      body,
    });
    if (answer.status >= 300 || answer.status === 0) return false;
    if (action === 'message') order.messages.push(String(Reflect.get(answer.body as object, 'prompt_id')));
    return true;
  }

  /** Lets everything come to its end; `pass` lets time pass for what waits. */
  async settle(pass: () => void): Promise<void> {
    const untilMs = performance.now() + SETTLED_WITHIN_MS;
    while (!this.allEnded && performance.now() < untilMs) {
      pass();
      await this.tend();
      await pause(LOOK_MS);
    }
  }

  /** Reads what the service has in the end, and waits until the readers were shown all of it, or for long enough. */
  async read(): Promise<void> {
    for (const order of this.#orders) {
      const path = `/agent-work-orders/${order.id}`;
      const view = WorkOrderSchema.parse((await this.#lives.askForJson(path)).body);
      order.state = view as OrderFacts['state'];
      const page = EventsPageSchema.parse((await this.#lives.askForJson(`${path}/events?limit=1000`)).body);
      order.saved = page.events as readonly WorkOrderEvent[];
    }
    const { body } = await this.#lives.askForJson('/agent-work-orders?limit=500');
    this.#listed = WorkOrderSchema.pick({ agent_work_order_id: true })
      .array()
      .parse(body)
      .map((listed) => listed.agent_work_order_id);
    const untilMs = performance.now() + SHOWN_WITHIN_MS;
    while (!this.#allShown() && performance.now() < untilMs) await pause(LOOK_MS);
  }

  /** Resolves when the readers have ended. */
  async done(): Promise<void> {
    await Promise.all([this.#ofAll.done, ...this.#orders.map(({ reader }) => reader?.done ?? Promise.resolve())]);
  }

  facts(living: readonly string[]): WorldFacts {
    const known = new Set(this.#orders.map(({ id }) => id));
    const unknown = this.#listed.filter((id) => !known.has(id));
    const orders = this.#orders.flatMap((order) => factsOf(order));
    return {
      acknowledged: this.#orders.map(({ id }) => id ?? 'nobody was answered'),
      orders: orders.filter(({ state }) => this.#listed.includes(state.agent_work_order_id)),
      unknown,
      seenOfAll: this.#ofAll.seen,
      living,
    };
  }

  #begin(made: Pick<Order, 'target' | 'wish' | 'origin'>, path: string, body: object): void {
    const order: Order = { ...made, id: null, reader: null, state: null, saved: [], messages: [] };
    this.#orders.push(order);
    void this.#handInOne(order, path, JSON.stringify(body));
  }

  async #handInOne(order: Order, path: string, body: string): Promise<void> {
    const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
    while (!this.#lives.over) {
      const answer = await this.#lives.askForJson(path, { method: 'POST', headers, body });
      if (answer.status >= 200 && answer.status < 300) {
        order.id = String(Reflect.get(answer.body as object, 'agent_work_order_id'));
        order.reader = keepReading(this.#lives, `/agent-work-orders/${order.id}/events`, 'seq');
        return;
      }
      await pause(LOOK_MS);
    }
  }

  #allShown(): boolean {
    const events = this.#orders.flatMap(({ saved }) => saved);
    const last = Math.max(0, ...events.map(({ position }) => position));
    return (
      (this.#ofAll.seen.at(-1)?.position ?? 0) >= last &&
      this.#orders.every(({ reader, saved }) => (reader?.seen.at(-1)?.seq ?? 0) >= saved.length)
    );
  }
}

function hasEnded(reader: KeepingReader | null): boolean {
  const last = reader?.seen.at(-1)?.type;
  return last === 'work_order_completed' || last === 'work_order_cancelled';
}

function factsOf({ id, target, reader, state, saved, wish, messages, origin }: Order): readonly OrderFacts[] {
  if (id === null || state === null) return [];
  const branches = branchesOf(target.bare).filter(({ name }) => name.includes(id));
  const heads = new Set(branches.map(({ name }) => name));
  const pulls = target.repository?.pulls.filter(({ head }) => heads.has(head)).length ?? 0;
  const wantsPull = target.repository !== null;
  const wantsChecks = wish.checks.length > 0;
  const seen = reader?.seen ?? [];
  return [{ state, seen, saved, branches, pulls, wantsPull, wantsChecks, messages, origin: origin?.saved ?? null }];
}

function branchesOf(bare: string): readonly RemoteBranch[] {
  const git = (...args: readonly string[]) => execFileSync('git', ['-C', bare, ...args], { encoding: 'utf8' }).trim();
  const lines = git('for-each-ref', '--format=%(refname:short) %(objectname)', 'refs/heads').split('\n');
  return lines.flatMap((line) => {
    const [name = '', head = ''] = line.split(' ');
    return name === 'main' ? [] : [{ name, head, commits: Number(git('rev-list', '--count', `main..${name}`)) }];
  });
}
