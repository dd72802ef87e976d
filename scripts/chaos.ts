import { parseArgs } from 'node:util';
import type { ChaosReport } from '../test/crash/chaos.ts';
import { runChaos } from '../test/crash/chaos.ts';

/*
 * `npm run test:chaos -- [--seed N] [--kills N]`: kills and disturbs real services with work in them, checks after each
 * round what is left of the world, and ends with exit code 1 when anything is. The same seed draws the same kills.
 */

const { values: options } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    kills: { type: 'string', default: '300' },
  },
});
const seed = Number(options.seed);
console.log(`seed ${seed}: again with npm run test:chaos -- --seed ${seed} --kills ${options.kills}`);
const report = await runChaos({ seed, kills: Number(options.kills), onRound: (soFar) => console.log(textOf(soFar)) });
for (const { kind, what } of report.faults) console.log(`FAULT ${kind}: ${what}`);
for (const line of report.histories) console.log(line);
process.exitCode = report.faults.length > 0 ? 1 : 0;

function textOf({
  kills,
  disturbances,
  actions,
  racePoints,
  lives,
  orders,
  retried,
  events,
  faults,
  seconds,
}: ChaosReport): string {
  const sum = Object.values(kills).reduce((total, some) => total + some, 0);
  return [
    `${seconds} s: ${sum} kills in ${lives} lives ${JSON.stringify(kills)}`,
    `${racePoints.size} race points, disturbances ${JSON.stringify(disturbances)}, actions ${JSON.stringify(actions)}`,
    `${orders} work orders (${retried} retries), ${events} events, ${faults.length} faults`,
  ].join('; ');
}
