import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Benchmark } from './measure.ts';
import { alternate, figure } from './measure.ts';
import { canReadMemory, forgetPeak, readMemory } from './process-memory.ts';
import { serveTalkers } from './talkers.ts';

/** Each with a service of its own: memory that was taken is not always given back. */
const ROUNDS = 2;
const AT_ONCE = 20;
const LINES_A_SECOND = 1_000;
const TALK_SECONDS = 3;
/** Before the idle memory is read: what the start has left to do. */
const SETTLE_MS = 500;

/** How much memory the service takes while agents talk to it at once, as fast as loud ones do. */
export const agentsAtOnce: Benchmark = {
  name: 'agents-at-once',
  async run({ directory }) {
    // Another system keeps no peak that could be read from outside.
    if (!canReadMemory) return [];
    const idle: number[] = [];
    const one: number[] = [];
    const many: number[] = [];
    const agesMs: number[] = [];
    const agesOfOneMs: number[] = [];
    const run = async (name: string, count: number) => {
      const seen = await talkingService(join(directory, name), count);
      idle.push(seen.idleMib);
      (count === 1 ? one : many).push(seen.peakMib);
      (count === 1 ? agesOfOneMs : agesMs).push(...seen.agesMs);
    };
    await alternate(ROUNDS, [(round) => run(`one-${round}`, 1), (round) => run(`many-${round}`, AT_ONCE)]);
    const each = `${LINES_A_SECOND} lines of Claude's stream a second each`;
    return [
      figure({
        name: `peak memory of the service under ${AT_ONCE} agents`,
        unit: 'MiB',
        product: many,
        peers: { 'the same under 1 agent': one, 'the service when idle': idle },
        note: `${each}, for ${TALK_SECONDS} s, and before that the start of their work orders`,
      }),
      figure({
        name: 'age of the newest entry meanwhile',
        unit: 'ms',
        product: agesMs,
        peers: { 'the same under 1 agent': agesOfOneMs },
      }),
    ];
  },
};

async function talkingService(directory: string, count: number) {
  await using talkedTo = await serveTalkers({ directory, maxRunning: AT_ONCE });
  const { pid } = talkedTo.service;
  await sleep(SETTLE_MS);
  const idleMib = readMemory(pid).residentMib;
  forgetPeak(pid);
  await using talkers = await talkedTo.start({ kind: 'claude', count, lines: LINES_A_SECOND * TALK_SECONDS });
  const { agesMs } = await talkers.round(LINES_A_SECOND);
  return { idleMib, peakMib: readMemory(pid).peakMib, agesMs };
}
