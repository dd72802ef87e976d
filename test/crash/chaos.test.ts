import { expect, test } from 'vitest';
import { runChaos } from './chaos.ts';

/** Another one each time; the report names it. */
const seed = Date.now() % 1_000_000;
const KILLS = 16;

test(
  `nothing is lost, doubled, left or stuck after kills and disturbances (seed ${seed})`,
  { timeout: 400_000 },
  async () => {
    const report = await runChaos({ seed, kills: KILLS });
    expect(report.faults, report.histories.join('\n')).toEqual([]);
    expect(Object.values(report.kills).reduce((sum, kills) => sum + kills, 0)).toBeGreaterThanOrEqual(KILLS);
    expect(report.orders).toBeGreaterThan(0);
  },
);
