/** Which end of the scale is good: a time is better low, a rate is better high. */
type Better = 'lower' | 'higher';

export interface Summary {
  readonly n: number;
  /** The same as p50. */
  readonly median: number;
  /** What 99 of 100 samples are at least as good as. */
  readonly p99: number;
  /** The worst sample of all. */
  readonly worst: number;
}

/** What a figure stands beside: another program or a limit of the machine, measured in the same run. */
interface Peer {
  readonly name: string;
  readonly summary: Summary;
  /** The median of the product divided by the median of the peer. */
  readonly ratio: number;
}

/** What was hoped for. A missed aim is reported, never tuned away. */
interface Aim {
  readonly says: string;
  readonly met: boolean;
}

export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly better: Better;
  readonly product: Summary;
  readonly peers: readonly Peer[];
  readonly aim: Aim | null;
  /** What a reader must know to read the figure right. */
  readonly note: string | null;
}

/** One group of figures; `run` gets a folder of its own that is removed afterwards. */
export interface Benchmark {
  readonly name: string;
  run(input: { readonly directory: string }): Promise<readonly Figure[]>;
}

export function figure(input: {
  readonly name: string;
  readonly unit: string;
  readonly better?: Better;
  readonly product: readonly number[];
  readonly peers?: Readonly<Record<string, readonly number[]>>;
  readonly aim?: { readonly says: string; readonly met: (made: Omit<Figure, 'aim'>) => boolean };
  readonly note?: string;
}): Figure {
  const { name, unit, better = 'lower', aim, note = null } = input;
  const product = summarize(input.product, better);
  const peers = Object.entries(input.peers ?? {}).map(([peer, samples]) => {
    const summary = summarize(samples, better);
    return { name: peer, summary, ratio: product.median / summary.median };
  });
  const made = { name, unit, better, product, peers, note };
  return { ...made, aim: aim ? { says: aim.says, met: aim.met(made) } : null };
}

/** The aim to reach a part of what the first peer does. */
export function atLeast(part: number, peer: string) {
  return {
    says: `at least ${Math.round(part * 100)} % of ${peer}`,
    met: ({ peers }: Pick<Figure, 'peers'>) => (peers[0]?.ratio ?? 0) >= part,
  };
}

/** The aim to take no more than some times what the first peer takes. */
export function atMostTimes(times: number, peer: string) {
  return {
    says: `at most ${times} times ${peer}`,
    met: ({ peers }: Pick<Figure, 'peers'>) => (peers[0]?.ratio ?? Number.POSITIVE_INFINITY) <= times,
  };
}

function summarize(samples: readonly number[], better: Better): Summary {
  if (samples.length === 0) throw new Error('nothing was measured');
  const fromBest = samples.toSorted((a, b) => (better === 'lower' ? a - b : b - a));
  return {
    n: samples.length,
    median: quantile(fromBest, 0.5),
    p99: quantile(fromBest, 0.99),
    worst: quantile(fromBest, 1),
  };
}

/** The nearest rank: always a value that was really measured. */
function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
}

/**
 * Runs each of them once a round, product and peers in turn, so that what else happens on the machine hits all alike.
 * Every other round goes backwards: nobody always comes first.
 */
export async function alternate(rounds: number, turns: readonly ((round: number) => Promise<void> | void)[]) {
  for (let round = 0; round < rounds; round += 1) {
    for (const turn of round % 2 === 0 ? turns : turns.toReversed()) await turn(round);
  }
}

/** Milliseconds on a clock that all processes of this machine share and nobody sets. */
export function sharedClockMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

export async function timed(work: () => unknown): Promise<number> {
  const begunMs = performance.now();
  await work();
  return performance.now() - begunMs;
}
