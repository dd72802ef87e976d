import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { Api } from '../test/suites/api.ts';
import { apiOf } from '../test/suites/api.ts';
import { bareSandboxes } from './bare-sandboxes.ts';
import type { Benchmark } from './measure.ts';
import { alternate, figure } from './measure.ts';
import { COMMITS, FILES, makeLongRepository } from './repository.ts';
import { serve } from './served.ts';
import { START_TELLER, startOfAgent } from './start-of-agent.ts';

const ROUNDS = 3;
const AT_ONCE = 20;

/** From many requests at once until the last agent's process runs; none of them may fail. */
export const startsAtOnce: Benchmark = {
  name: 'starts-at-once',
  async run({ directory }) {
    const repository = join(directory, 'remote.git');
    makeLongRepository(repository);
    await using service = await serve({
      directory,
      flags: ['--data-dir', join(directory, 'data'), '--allow-local', directory, '--max-running', `${AT_ONCE}`].concat([
        '--agent',
        'command',
        '--agent-command',
        START_TELLER,
      ]),
      environment: { AWO_LOG_LEVEL: 'error' },
    });
    const api = apiOf(service.url);
    const warm = { product: [] as number[], git: [] as number[] };
    const cold = { product: [] as number[], git: [] as number[] };
    let failed = 0;
    const product = async (from: string, into: number[]) => {
      const starts = await startsOf(api, from);
      failed += AT_ONCE - starts.length;
      into.push(Math.max(...starts));
    };
    const peer = bareSandboxes(join(directory, 'peer'), repository);
    await startOfAgent(api, repository);
    await peer.many(1);
    await alternate(ROUNDS, [
      () => product(repository, warm.product),
      async () => void warm.git.push((await peer.many(AT_ONCE)).ms),
    ]);
    await alternate(ROUNDS, [
      (round) => {
        // A repository of another path is another one to the service: it has no mirror of it.
        const other = join(directory, `cold-${round}.git`);
        cpSync(repository, other, { recursive: true });
        return product(other, cold.product);
      },
      async () => {
        peer.forget();
        cold.git.push((await peer.many(AT_ONCE)).ms);
      },
    ]);
    const [unit, note] = ['ms', `${COMMITS} commits, ${FILES} files`];
    return [
      figure({
        name: `${AT_ONCE} POSTs to the last agent, mirror up to date`,
        unit,
        product: warm.product,
        peers: { [`the bare git commands, ${AT_ONCE} at once`]: warm.git },
        note,
      }),
      figure({
        name: `${AT_ONCE} POSTs to the last agent, no mirror yet`,
        unit,
        product: cold.product,
        peers: { [`one fetch, then the bare git commands, ${AT_ONCE} at once`]: cold.git },
        note,
      }),
      figure({
        name: `agents that did not start, of ${AT_ONCE} at once, all rounds`,
        unit: '',
        product: [failed],
        aim: { says: 'none', met: ({ product: { worst } }) => worst === 0 },
      }),
    ];
  },
};

/** When each agent began, counted from before its request; those that did not are left out. */
async function startsOf(api: Api, repository: string): Promise<readonly number[]> {
  const all = await Promise.allSettled(Array.from({ length: AT_ONCE }, () => startOfAgent(api, repository)));
  return all.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
}
