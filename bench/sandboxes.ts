import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { diskUseOf } from '../src/cli/disk-use.ts';
import type { WorkOrderId } from '../src/domain/ids.ts';
import { reapRecorded } from '../src/process/process-records.ts';
import { runProcessTree } from '../src/process/spawn.ts';
import type { Sandbox } from '../src/ports/sandbox.ts';
import { detectConfinement } from '../src/sandboxes/confinement/detect.ts';
import { createSandboxes } from '../src/sandboxes/registry.ts';
import { LIMITS, NO_CREDENTIALS, NO_FLOOR } from '../test/suites/git-fixtures.ts';
import { quietLog } from '../test/suites/quiet-log.ts';
import { createPlainGitForge } from '../src/forges/plain-git/forge.ts';
import { bareSandboxes, sh } from './bare-sandboxes.ts';
import type { Benchmark } from './measure.ts';
import { alternate, figure, timed } from './measure.ts';
import { git, makeLongRepository } from './repository.ts';

const ROUNDS = 10;
const ROUNDS_AT_ONCE = 3;
const AT_ONCE = 20;
const COMMANDS = 'the bare git commands';
const PUSH = 'git add, commit and push, trusting the working copy';

/** Making, collecting and clearing away working copies, without a service around them. */
export const sandboxes: Benchmark = {
  name: 'sandboxes',
  async run({ directory }) {
    const repository = join(directory, 'remote.git');
    makeLongRepository(repository);
    const product = await productIn(join(directory, 'data'), repository);
    const peer = bareSandboxes(join(directory, 'peer'), repository);
    await product.many(1);
    await peer.many(1);

    const one = { product: [] as number[], git: [] as number[] };
    const twenty = { product: [] as number[], git: [] as number[] };
    const cold = { product: [] as number[], git: [] as number[] };
    const collected = { product: [] as number[], git: [] as number[] };
    let failed = 0;
    await alternate(ROUNDS, [
      async () => void one.product.push((await product.many(1)).ms),
      async () => void one.git.push((await peer.many(1)).ms),
    ]);
    await alternate(ROUNDS_AT_ONCE, [
      async () => {
        const made = await product.many(AT_ONCE);
        failed += made.failed;
        twenty.product.push(made.ms);
      },
      async () => void twenty.git.push((await peer.many(AT_ONCE)).ms),
    ]);
    await alternate(ROUNDS_AT_ONCE, [
      async () => {
        product.forget();
        const made = await product.many(AT_ONCE);
        failed += made.failed;
        cold.product.push(made.ms);
      },
      async () => {
        peer.forget();
        cold.git.push((await peer.many(AT_ONCE)).ms);
      },
    ]);
    const sandbox = await product.make('wo-kept');
    const tree = await peer.make('kept');
    await alternate(ROUNDS, [
      async (round) => {
        change(sandbox.directory, round);
        collected.product.push(await timed(() => sandbox.checkpoint({ name: `round-${round}` })));
      },
      async (round) => {
        change(tree, round);
        collected.git.push(await timed(() => sh(`cd '${tree}' && git add -A && git write-tree`)));
      },
    ]);
    const pushed = await collectAndPush({ product, peer, repository });
    failed += pushed.failed;
    const megabytes = async (folder: string) => (await diskUseOf(folder)).bytes / 1e6;
    const fresh = await product.make('wo-fresh');
    git(['clone', '--quiet', '--no-local', repository, join(directory, 'clone')]);
    const open = await megabytes(join(fresh.directory, '..'));
    change(fresh.directory, 1);
    const savedAs = await fresh.checkpoint({ name: 'one' });
    await fresh.close({ savedAs });
    const closed = await megabytes(join(fresh.directory, '..'));
    const clone = { 'a full clone': [await megabytes(join(directory, 'clone'))] };
    return [
      figure({ name: 'one, mirror up to date', unit: 'ms', product: one.product, peers: { [COMMANDS]: one.git } }),
      figure({
        name: `${AT_ONCE} at once, mirror up to date, all together`,
        unit: 'ms',
        product: twenty.product,
        peers: { [`${COMMANDS}, ${AT_ONCE} at once`]: twenty.git },
      }),
      figure({
        name: `${AT_ONCE} at once, no mirror yet, all together`,
        unit: 'ms',
        product: cold.product,
        peers: { [`one fetch, then ${COMMANDS}, ${AT_ONCE} at once`]: cold.git },
      }),
      figure({
        name: `failures of ${AT_ONCE} at once, making and pushing, all rounds`,
        unit: '',
        product: [failed],
        aim: { says: 'none', met: ({ product: { worst } }) => worst === 0 },
      }),
      figure({
        name: 'collecting 20 changed files',
        unit: 'ms',
        product: collected.product,
        peers: { 'git add and write-tree, trusting the working copy': collected.git },
      }),
      figure({
        name: 'collecting, committing and pushing 20 changed files',
        unit: 'ms',
        product: pushed.one.product,
        peers: { [PUSH]: pushed.one.git },
      }),
      figure({
        name: `the same in ${AT_ONCE} at once, all together`,
        unit: 'ms',
        product: pushed.many.product,
        peers: { [`${PUSH}, ${AT_ONCE} at once`]: pushed.many.git },
      }),
      figure({ name: 'disk of an open sandbox', unit: 'MB', product: [open], peers: clone }),
      figure({ name: 'disk of a closed one', unit: 'MB', product: [closed], peers: clone }),
    ];
  },
};

/** From changed files to a branch on the remote, one by itself and many at once. */
async function collectAndPush(input: {
  readonly product: Awaited<ReturnType<typeof productIn>>;
  readonly peer: ReturnType<typeof bareSandboxes>;
  readonly repository: string;
}) {
  const { product, peer, repository } = input;
  const forge = createPlainGitForge({ credentials: NO_CREDENTIALS });
  const { signal } = new AbortController();
  const names = Array.from({ length: AT_ONCE }, (_, index) => `pushed-${index}`);
  const sandboxes = await Promise.all(names.map((name) => product.make(`wo-${name}`)));
  const trees = await Promise.all(names.map((name) => peer.make(name)));
  const one = { product: [] as number[], git: [] as number[] };
  const many = { product: [] as number[], git: [] as number[] };
  let failed = 0;
  async function push(sandbox: Sandbox, branch: string): Promise<void> {
    const checkpoint = await sandbox.checkpoint({ name: branch });
    const commit = await sandbox.commit({ checkpoint, branch, message: branch, at: '2026-03-01T12:00:00.000Z' });
    const fromRepository = sandbox.collectedRepository;
    await forge.push({ repositoryUrl: repository, fromRepository, branch, commit, replaces: [], signal });
  }
  const pushByHand = (tree: string, branch: string) =>
    sh(
      `cd '${tree}' && git add -A && git -c user.name=x -c user.email=x@x commit -qm x && ` +
        `git push -q -- '${repository}' HEAD:refs/heads/${branch}`,
    );
  async function timedPushes(
    of: readonly string[],
    pushIn: (directory: string, index: number) => Promise<void>,
    round: number,
  ) {
    for (const directory of of) change(directory, round);
    const begunMs = performance.now();
    const results = await Promise.allSettled(of.map((directory, index) => pushIn(directory, index)));
    return { ms: performance.now() - begunMs, failed: results.filter(({ status }) => status === 'rejected').length };
  }
  for (const [series, count, rounds] of [
    [one, 1, ROUNDS],
    [many, AT_ONCE, ROUNDS_AT_ONCE],
  ] as const) {
    const own = sandboxes.slice(0, count);
    await alternate(rounds, [
      async (round) => {
        const pushIn = (_: string, index: number) => push(own[index]!, `awo-${count}-${round}-${index}`);
        const made = await timedPushes(
          own.map(({ directory }) => directory),
          pushIn,
          round + count,
        );
        failed += made.failed;
        series.product.push(made.ms);
      },
      async (round) => {
        const pushIn = (tree: string, index: number) => pushByHand(tree, `git-${count}-${round}-${index}`);
        series.git.push((await timedPushes(trees.slice(0, count), pushIn, round + count)).ms);
      },
    ]);
  }
  return { one, many, failed };
}

async function productIn(dataDirectory: string, repositoryUrl: string) {
  const provider = createSandboxes({
    dataDirectory,
    confinement: await detectConfinement('auto'),
    credentials: NO_CREDENTIALS,
    log: quietLog,
    limits: LIMITS,
    disk: NO_FLOOR,
    runProcessTree,
    reapRecorded,
  }).find('git_worktree');
  let made = 0;
  const { signal } = new AbortController();
  const make = (workOrderId: WorkOrderId): Promise<Sandbox> =>
    provider.create({ workOrderId, repositoryUrl, baseBranch: null, signal, onProgress: () => undefined });
  return {
    make,
    forget: () => rmSync(join(dataDirectory, 'mirrors'), { recursive: true }),
    async many(count: number) {
      const ids = Array.from({ length: count }, (_, index) => `wo-${(made += 1)}x${index}` as const);
      const begunMs = performance.now();
      const results = await Promise.allSettled(ids.map((id) => make(id)));
      const ms = performance.now() - begunMs;
      for (const result of results) if (result.status === 'fulfilled') await result.value.close({ savedAs: null });
      return { ms, failed: results.filter(({ status }) => status === 'rejected').length };
    },
  };
}

function change(tree: string, round: number): void {
  mkdirSync(join(tree, 'made'), { recursive: true });
  for (let file = 0; file < 20; file += 1) writeFileSync(join(tree, `made/${file}.txt`), `${file} of ${round}\n`);
}
