import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startFakeGithub } from '../fake-github/server.ts';
import { makeWorkPlace } from '../suites/work-place.ts';
import type { FoundFault, OrderFacts } from './chaos-checker.ts';
import { findFaults } from './chaos-checker.ts';
import type { ChaosAction } from './chaos-orders.ts';
import { ACTIONS, ChaosOrders } from './chaos-orders.ts';
import type { DisturbanceKind } from './disturbances.ts';
import { DISTURBANCES, DISTURBANCE_KINDS } from './disturbances.ts';
import { Lives } from './lives.ts';
import type { OwnProcess } from './own-processes.ts';
import { killHard, processesOf } from './own-processes.ts';
import { POINTS } from './points.ts';
import type { Random } from './random.ts';
import { createRandom } from './random.ts';

/** How many kills there are in one round, with a data folder of its own. */
const KILLS_OF_ROUND = 25;
const ORDERS_AT_ONCE = 4;
const LOOK_MS = 25;
/** How long a life lasts at most that waits for its race point, or for an agent to be killed. */
const LONGEST_LIFE_MS = 6_000;
/** After death: how long the kernel and git may take to clear away what was killed. */
const LEFT_FOR_MS = 10_000;
const TOKEN_VARIABLE = 'TOKEN_OF_CHAOS';

type KillKind = 'service_at_race_point' | 'service_at_random' | 'service_at_start' | 'agent' | 'confinement';

/** What a run has done, and what the checker has found after it. */
export interface ChaosReport {
  readonly seed: number;
  readonly kills: Readonly<Record<KillKind, number>>;
  readonly racePoints: ReadonlySet<string>;
  readonly disturbances: Readonly<Record<DisturbanceKind, number>>;
  /** What people have done meanwhile. */
  readonly actions: Readonly<Record<ChaosAction, number>>;
  readonly lives: number;
  readonly orders: number;
  readonly retried: number;
  readonly events: number;
  readonly faults: readonly FoundFault[];
  /** The histories of the work orders that have a fault, a line an event. */
  readonly histories: readonly string[];
  readonly seconds: number;
}

/** What one life is to be like: everything is drawn before it begins, so that the same seed draws the same. */
interface Plan {
  readonly held: string;
  /** Null to let it begin; else when it is killed while it does. */
  readonly killAtStartMs: number | null;
  readonly killAfterMs: number;
  /** Which kind of process in the sandbox is killed before the service is. */
  readonly killInside: 'agent' | 'confinement' | null;
  readonly killsInside: number;
  readonly disturbances: readonly DisturbanceKind[];
  readonly actions: readonly { readonly action: ChaosAction; readonly which: number; readonly afterMs: number }[];
}

/** Kills and disturbs services with work in them until there were so many kills, in rounds; the world is checked after each. */
export async function runChaos(input: {
  readonly seed: number;
  readonly kills: number;
  readonly onRound?: (report: ChaosReport) => void;
}): Promise<ChaosReport> {
  const begunMs = performance.now();
  const random = createRandom(input.seed);
  const run = new ChaosRun(input.seed, random);
  while (run.killed < input.kills) {
    await run.round(Math.min(KILLS_OF_ROUND, input.kills - run.killed));
    input.onRound?.(run.report((performance.now() - begunMs) / 1_000));
  }
  return run.report((performance.now() - begunMs) / 1_000);
}

class ChaosRun {
  readonly #seed: number;
  readonly #random: Random;
  readonly #kills = { service_at_race_point: 0, service_at_random: 0, service_at_start: 0, agent: 0, confinement: 0 };
  readonly #disturbances = {
    store_locked: 0,
    disk_full: 0,
    store_slow: 0,
    forge_away: 0,
    clock_stepped: 0,
    service_stopped: 0,
  };
  readonly #actions = { message: 0, cancel: 0, fork: 0, pause: 0 };
  readonly #racePoints = new Set<string>();
  readonly #faults: FoundFault[] = [];
  readonly #histories: string[] = [];
  #lives = 0;
  #orders = 0;
  #retried = 0;
  #events = 0;

  constructor(seed: number, random: Random) {
    this.#seed = seed;
    this.#random = random;
  }

  get killed(): number {
    return Object.values(this.#kills).reduce((sum, kills) => sum + kills, 0);
  }

  report(seconds: number): ChaosReport {
    return {
      seed: this.#seed,
      kills: this.#kills,
      racePoints: this.#racePoints,
      disturbances: this.#disturbances,
      actions: this.#actions,
      lives: this.#lives,
      orders: this.#orders,
      retried: this.#retried,
      events: this.#events,
      faults: this.#faults,
      histories: this.#histories,
      seconds: Math.round(seconds),
    };
  }

  async round(kills: number): Promise<void> {
    using place = makeWorkPlace({ gated: false, agent: { AGENT_LEAVES: 'a tool' } });
    const word = basename(place.directory);
    await using github = await startFakeGithub({ directory: join(place.directory, 'github') });
    github.addToken('token-of-chaos');
    process.env[TOKEN_VARIABLE] = 'token-of-chaos';
    const engine = await github.addRepository('engine', { isPrivate: true });
    const configuration = place.configuration({
      maxRunning: 3,
      // With bubblewrap the kernel ends what a killed service leaves; without it the next start has to.
      confinement: this.#random.pick(['auto', 'none']),
      retryForMinutes: 20_160,
      forges: [{ host: github.host, kind: 'github', apiUrl: github.apiUrl, tokenEnvironment: TOKEN_VARIABLE }],
    });
    let orders: ChaosOrders;
    {
      await using lives = new Lives(configuration);
      orders = new ChaosOrders(lives, [
        { url: place.repository, bare: place.repository, repository: null },
        { url: engine.url, bare: engine.repository.path, repository: engine.repository },
      ]);
      const goal = this.killed + kills;
      while (this.killed < goal) {
        if (orders.allEnded) orders.handIn(ORDERS_AT_ONCE);
        await this.#life(this.#plan(), { lives, orders, word, github, dataDirectory: place.dataDirectory });
      }
      github.clearFaults();
      const last = lives.begin('');
      await last.ready;
      await orders.settle(() => last.tell('clock 3600000'));
      await orders.read();
      this.#lives += lives.count;
    }
    await orders.done();
    this.#orders += orders.count;
    this.#retried += orders.retried;
    this.#events += orders.events;
    const world = orders.facts(await livingAtLast(word));
    const faults = findFaults(world);
    this.#faults.push(...faults, ...github.violations.map((what) => ({ kind: 'event_changed' as const, what })));
    const faulty = world.orders.filter(({ state }) =>
      faults.some(({ what }) => what.includes(state.agent_work_order_id)),
    );
    this.#histories.push(...faulty.flatMap(linesOf));
  }

  #plan(): Plan {
    const random = this.#random;
    const drawn = {
      held: random.pick(POINTS),
      isHeld: random.chance(0.6),
      killsAtStart: random.chance(0.08),
      startMs: random.between(0, 900),
      killAfterMs: random.between(20, 2_500),
      inside: random.pick(['agent', 'confinement'] as const),
      insideTimes: random.between(1, 2),
      killsInside: random.chance(0.5),
      disturbance: random.pick(DISTURBANCE_KINDS),
      disturbs: random.chance(0.5),
      actions: Array.from({ length: random.between(0, 2) }, () => ({
        // A cancel ends an order, and a fork makes one: both are rarer.
        action: random.chance(0.4) ? ('message' as const) : random.pick(ACTIONS),
        which: random.between(0, 100),
        afterMs: random.between(50, 1_500),
      })),
    };
    return {
      held: drawn.isHeld ? drawn.held : '',
      killAtStartMs: drawn.killsAtStart ? drawn.startMs : null,
      killAfterMs: drawn.isHeld ? LONGEST_LIFE_MS : drawn.killAfterMs,
      killInside: drawn.killsInside ? drawn.inside : null,
      killsInside: drawn.insideTimes,
      disturbances: drawn.disturbs ? [drawn.disturbance] : [],
      actions: drawn.actions,
    };
  }

  async #life(
    plan: Plan,
    {
      lives,
      orders,
      word,
      ...around
    }: {
      readonly lives: Lives;
      readonly orders: ChaosOrders;
      readonly word: string;
    } & Omit<Parameters<(typeof DISTURBANCES)['disk_full']>[0], 'service' | 'lives' | 'random'>,
  ): Promise<void> {
    const service = lives.begin(plan.held);
    if (plan.killAtStartMs !== null) {
      await pause(plan.killAtStartMs);
      this.#kills.service_at_start += 1;
      return lives.end();
    }
    await service.ready;
    const disturbed = plan.disturbances.map((kind) => {
      this.#disturbances[kind] += 1;
      return DISTURBANCES[kind]({ ...around, service, lives, random: this.#random });
    });
    const acted = plan.actions.map(async ({ action, which, afterMs }) => {
      await pause(afterMs);
      if (await orders.act(action, which)) this.#actions[action] += 1;
    });
    const over = new AbortController();
    const inside = this.#killInside(plan, word, over.signal);
    const isHeld = service.held.then(() => true);
    const atPoint = await Promise.race([isHeld, waited(plan.killAfterMs), orders.ended().then(() => false)]);
    over.abort();
    await Promise.all([...disturbed, ...acted, inside]);
    await orders.tend();
    if (atPoint) this.#racePoints.add(plan.held);
    this.#kills[atPoint ? 'service_at_race_point' : 'service_at_random'] += 1;
    await lives.end();
  }

  /** Kills agents, or what confines them, as soon as there are any. */
  async #killInside({ killInside: kind, killsInside }: Plan, word: string, over: AbortSignal): Promise<void> {
    if (kind === null) return;
    for (let killed = 0; killed < killsInside && !over.aborted;) {
      const found = processesOf(word).find((candidate) => isInside(candidate, kind));
      if (found && killHard(found.pid)) {
        this.#kills[kind] += 1;
        killed += 1;
      }
      await pause(LOOK_MS);
    }
  }
}

function linesOf({ state, saved }: OrderFacts): readonly string[] {
  const heading = `${state.agent_work_order_id}: ${state.status}, waits for ${state.waiting_reason}`;
  return [heading, ...saved.map(({ seq, type, data }) => `  ${seq} ${type} ${JSON.stringify(data).slice(0, 300)}`)];
}

function isInside({ name, args }: OwnProcess, kind: 'agent' | 'confinement'): boolean {
  if (kind === 'confinement') return name === 'bwrap';
  return name !== 'bwrap' && args.some((arg) => arg.endsWith('list-keeper.mjs'));
}

async function waited(ms: number): Promise<false> {
  await pause(ms);
  return false;
}

/** What is alive of a place after everything has ended, and stays so. */
async function livingAtLast(word: string): Promise<readonly string[]> {
  const untilMs = performance.now() + LEFT_FOR_MS;
  for (;;) {
    const living = processesOf(word).map(({ pid, args }) => `${pid} ${args.join(' ').slice(0, 200)}`);
    if (living.length === 0 || performance.now() > untilMs) return living;
    await pause(LOOK_MS);
  }
}
