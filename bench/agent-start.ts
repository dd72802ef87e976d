import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { apiOf } from '../test/suites/api.ts';
import type { Benchmark } from './measure.ts';
import { alternate, atMostTimes, figure, timed } from './measure.ts';
import { COMMITS, FILES, addCommit, bareGitSandbox, git, makeLongRepository } from './repository.ts';
import { serve } from './served.ts';
import { START_TELLER, startOfAgent } from './start-of-agent.ts';

const WARM_ROUNDS = 15;
const COLD_ROUNDS = 5;
const PEER = 'the bare git commands, one after the other';
const AIM = atMostTimes(1.3, 'the bare git commands');

/** From the request of a user until the agent's own process runs, in a repository with a past. */
export const agentStart: Benchmark = {
  name: 'agent-start',
  async run({ directory }) {
    const repository = join(directory, 'remote.git');
    const trees = join(directory, 'trees');
    mkdirSync(trees);
    makeLongRepository(repository);
    const mirror = join(directory, 'mirror.git');
    git(['init', '--quiet', '--bare', mirror]);

    await using service = await serve({
      directory,
      flags: ['--data-dir', join(directory, 'data'), '--allow-local', directory, '--agent', 'command'].concat([
        '--agent-command',
        START_TELLER,
      ]),
      environment: { AWO_LOG_LEVEL: 'error' },
    });
    const api = apiOf(service.url);
    const product = (from: string) => startOfAgent(api, from);
    const byHand = (input: { from: string; into: string; name: string; fetch: boolean }) => {
      const into = join(trees, input.name);
      return timed(() => bareGitSandbox({ ...input, repository: input.from, mirror: input.into, into })).finally(() =>
        rmSync(into, { recursive: true }),
      );
    };
    await product(repository);
    await byHand({ from: repository, into: mirror, name: 'first', fetch: true });

    const same = series();
    await alternate(WARM_ROUNDS, [
      async () => void same.product.push(await product(repository)),
      async (round) =>
        void same.git.push(await byHand({ from: repository, into: mirror, name: `same-${round}`, fetch: false })),
    ]);
    const moved = series();
    const lastOfRound = new Map<number, boolean>();
    const newCommit = (round: number) => {
      // Once a round, by whoever comes first: both fetch the same commit.
      if (lastOfRound.has(round)) return;
      lastOfRound.set(round, true);
      addCommit(repository, `commit-${round}`);
    };
    await alternate(WARM_ROUNDS, [
      async (round) => {
        newCommit(round);
        moved.product.push(await product(repository));
      },
      async (round) => {
        newCommit(round);
        moved.git.push(await byHand({ from: repository, into: mirror, name: `moved-${round}`, fetch: true }));
      },
    ]);
    const cold = series();
    await alternate(COLD_ROUNDS, [
      async (round) => {
        // A repository of another path is another one to the service: it has no mirror of it.
        const other = join(directory, `cold-${round}.git`);
        cpSync(repository, other, { recursive: true });
        cold.product.push(await product(other));
      },
      async (round) => {
        const into = join(directory, `cold-mirror-${round}.git`);
        git(['init', '--quiet', '--bare', into]);
        cold.git.push(await byHand({ from: repository, into, name: `cold-${round}`, fetch: true }));
      },
    ]);
    const note = `${COMMITS} commits, ${FILES} files`;
    const unit = 'ms';
    return [
      figure({
        name: 'POST to agent, mirror up to date',
        unit,
        product: same.product,
        peers: { [PEER]: same.git },
        aim: AIM,
        note,
      }),
      figure({
        name: 'POST to agent, one new commit',
        unit,
        product: moved.product,
        peers: { [PEER]: moved.git },
        aim: AIM,
        note,
      }),
      figure({ name: 'POST to agent, no mirror yet', unit, product: cold.product, peers: { [PEER]: cold.git }, note }),
    ];
  },
};

function series(): { readonly product: number[]; readonly git: number[] } {
  return { product: [], git: [] };
}
