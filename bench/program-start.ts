import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Benchmark } from './measure.ts';
import { alternate, figure, timed } from './measure.ts';
import { COMMAND_LINE, plainEnvironment, serve } from './served.ts';

const HELP_ROUNDS = 20;
const SERVE_ROUNDS = 8;
const HELP_AIM_MS = 150;

/** How long a user waits for the help, and for a service that is ready. */
export const programStart: Benchmark = {
  name: 'program-start',
  async run({ directory }) {
    const run = (...args: readonly string[]) =>
      execFileSync(process.execPath, args, { env: plainEnvironment(directory), stdio: 'ignore' });
    const help: number[] = [];
    const bareNode: number[] = [];
    // The first start fills the cache of compiled code; every later one finds it.
    run(COMMAND_LINE, '--help');
    await alternate(HELP_ROUNDS, [
      async () => void help.push(await timed(() => run(COMMAND_LINE, '--help'))),
      async () => void bareNode.push(await timed(() => run('-e', '0'))),
    ]);

    const ready: number[] = [];
    const nodeBeside: number[] = [];
    const start = async (name: string) => {
      await using served = await serve({ directory, flags: ['--data-dir', join(directory, name)] });
      return served.readyMs;
    };
    const firstMs = await start('first');
    await alternate(SERVE_ROUNDS, [
      async (round) => void ready.push(await start(`data-${round}`)),
      async () => void nodeBeside.push(await timed(() => run('-e', '0'))),
    ]);
    return [
      figure({
        name: 'awo --help',
        unit: 'ms',
        product: help,
        peers: { 'node -e 0': bareNode },
        aim: { says: `at most ${HELP_AIM_MS} ms`, met: ({ product }) => product.median <= HELP_AIM_MS },
      }),
      figure({
        name: 'awo serve, until it is ready',
        unit: 'ms',
        product: ready,
        peers: { 'node -e 0': nodeBeside },
        note: `The first one, without compiled code in the cache, took ${Math.round(firstMs)} ms`,
      }),
    ];
  },
};
