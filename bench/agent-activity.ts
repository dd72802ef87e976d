import { join } from 'node:path';
import type { Benchmark, Figure } from './measure.ts';
import { alternate, figure } from './measure.ts';
import type { TalkKind, TalkedTo } from './talkers.ts';
import { readTalkers, serveTalkers } from './talkers.ts';

const ROUNDS = 4;
const PACED_ROUNDS = 2;
/** Of all agents together in one round. */
const LINES = 60_000;
const AT_ONCE = 20;
const AIM_LINES_A_SECOND = 50_000;
const KINDS: Readonly<Record<TalkKind, string>> = {
  command: 'plain text',
  claude: "Claude's stream",
};

/** How many lines of agents that print as fast as they can one service takes in, and how far behind its readers are. */
export const agentActivity: Benchmark = {
  name: 'agent-activity',
  async run({ directory }) {
    await using talkedTo = await serveTalkers({ directory, maxRunning: AT_ONCE });
    const figures: Figure[] = [];
    for (const kind of ['command', 'claude'] as const) {
      for (const count of [1, AT_ONCE]) figures.push(...(await linesASecond({ directory, talkedTo, kind, count })));
    }
    return figures;
  },
};

async function linesASecond({
  directory,
  talkedTo,
  kind,
  count,
}: {
  readonly directory: string;
  readonly talkedTo: TalkedTo;
  readonly kind: TalkKind;
  readonly count: number;
}): Promise<readonly Figure[]> {
  const lines = LINES / count;
  const peer = (use: 'drop' | 'parse') =>
    readTalkers({ directory: join(directory, `${use}-${kind}-${count}`), kind, count, lines, use });
  await using talkers = await talkedTo.start({ kind, count, lines });
  await using dropper = await peer('drop');
  await using parser = kind === 'claude' ? await peer('parse') : null;
  const product: number[] = [];
  const dropped: number[] = [];
  const parsed: number[] = [];
  const fastAgesMs: number[] = [];
  const pacedAgesMs: number[] = [];
  const rate = (tookMs: number) => (LINES * 1_000) / tookMs;
  // What is loaded and compiled for the first lines does not count.
  await talkers.round(0);
  await alternate(ROUNDS, [
    async () => {
      const round = await talkers.round(0);
      product.push(rate(round.tookMs));
      fastAgesMs.push(...round.agesMs);
    },
    async () => void dropped.push(rate(await dropper.round())),
    async () => void (parser && parsed.push(rate(await parser.round()))),
  ]);
  for (let round = 0; round < PACED_ROUNDS; round += 1) {
    pacedAgesMs.push(...(await talkers.round(AIM_LINES_A_SECOND / count)).agesMs);
  }
  const name = `${KINDS[kind]}, ${count === 1 ? '1 work order' : `${count} work orders`}`;
  return [
    figure({
      name: `${name}, all together`,
      unit: 'lines/s',
      better: 'higher',
      product,
      peers: {
        'node that reads and drops them': dropped,
        ...(parser ? { 'node that reads and parses them': parsed } : {}),
      },
      aim: {
        says: `at least ${AIM_LINES_A_SECOND} lines a second`,
        met: ({ product: { median } }) => median >= AIM_LINES_A_SECOND,
      },
    }),
    figure({
      name: `age of the newest entry, at ${AIM_LINES_A_SECOND} lines/s`,
      unit: 'ms',
      product: pacedAgesMs,
      peers: { 'the same, printed as fast as they can': fastAgesMs },
      note: 'From the moment the agent made the line until it could be read through the API',
    }),
  ];
}
