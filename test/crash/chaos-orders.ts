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
}

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
    return this.#orders.every(({ reader }) => reader?.seen.at(-1)?.type === 'work_order_completed');
  }

  handIn(many: number): void {
    for (let index = 0; index < many; index += 1) {
      const target = this.#targets[index % this.#targets.length];
      if (!target) throw new Error('there is no repository to work on');
      const order = { target, id: null, reader: null, state: null, saved: [] };
      this.#orders.push(order);
      void this.#handInOne(order);
    }
  }

  /** Resolves when all have ended, or everything is over. */
  async ended(): Promise<void> {
    while (!this.allEnded && !this.#lives.over) await pause(LOOK_MS);
  }

  /** Takes those up again that have failed, as a person would: an agent that was killed is no reason to give up. */
  async retryFailed(): Promise<void> {
    for (const { id, reader } of this.#orders) {
      if (id === null || reader?.seen.at(-1)?.type !== 'work_order_failed') continue;
      const answer = await this.#lives.askForJson(`/agent-work-orders/${id}/retry`, { method: 'POST' });
      if (answer.status === 202) this.retried += 1;
    }
  }

  /** Lets everything come to its end; `pass` lets time pass for what waits. */
  async settle(pass: () => void): Promise<void> {
    const untilMs = performance.now() + SETTLED_WITHIN_MS;
    while (!this.allEnded && performance.now() < untilMs) {
      pass();
      await this.retryFailed();
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

  async #handInOne(order: Order): Promise<void> {
    const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
    const body = JSON.stringify({ repository_url: order.target.url, user_request: 'Keep a list' });
    while (!this.#lives.over) {
      const answer = await this.#lives.askForJson('/agent-work-orders', { method: 'POST', headers, body });
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

function factsOf({ id, target, reader, state, saved }: Order): readonly OrderFacts[] {
  if (id === null || state === null) return [];
  const branches = branchesOf(target.bare).filter(({ name }) => name.includes(id));
  const heads = new Set(branches.map(({ name }) => name));
  const pulls = target.repository?.pulls.filter(({ head }) => heads.has(head)).length ?? 0;
  return [{ state, seen: reader?.seen ?? [], saved, branches, pulls, wantsPull: target.repository !== null }];
}

function branchesOf(bare: string): readonly RemoteBranch[] {
  const git = (...args: readonly string[]) => execFileSync('git', ['-C', bare, ...args], { encoding: 'utf8' }).trim();
  const lines = git('for-each-ref', '--format=%(refname:short) %(objectname)', 'refs/heads').split('\n');
  return lines.flatMap((line) => {
    const [name = '', head = ''] = line.split(' ');
    return name === 'main' ? [] : [{ name, head, commits: Number(git('rev-list', '--count', `main..${name}`)) }];
  });
}
