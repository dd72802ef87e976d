import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { diskUseOf } from '../src/cli/disk-use.ts';
import type { WorkOrderId } from '../src/domain/ids.ts';
import { reapRecorded } from '../src/process/process-records.ts';
import { runProcessTree } from '../src/process/spawn.ts';
import type { Sandbox } from '../src/ports/sandbox.ts';
import { detectConfinement } from '../src/sandboxes/confinement/detect.ts';
import { createSandboxes } from '../src/sandboxes/registry.ts';
import { LIMITS, NO_CREDENTIALS, NO_FLOOR } from '../test/suites/git-fixtures.ts';
import { quietLog } from '../test/suites/quiet-log.ts';
import type { Benchmark } from './measure.ts';
import { alternate, figure, timed } from './measure.ts';
import { git, makeLongRepository } from './repository.ts';

const ROUNDS = 10;
const ROUNDS_AT_ONCE = 3;
const AT_ONCE = 20;
const COMMANDS = 'the bare git commands';

/** Making, collecting and clearing away working copies, without a service around them. */
export const sandboxes: Benchmark = {
  name: 'sandboxes',
  async run({ directory }) {
    const repository = join(directory, 'remote.git');
    makeLongRepository(repository);
    const product = await productIn(join(directory, 'data'), repository);
    const peer = peerIn(join(directory, 'peer'), repository);
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
        name: `failures of ${AT_ONCE} at once, all rounds`,
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
      figure({ name: 'disk of an open sandbox', unit: 'MB', product: [open], peers: clone }),
      figure({ name: 'disk of a closed one', unit: 'MB', product: [closed], peers: clone }),
    ];
  },
};

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

/** What it comes down to by hand: a tree that borrows from a mirror, and nothing collected, checked or recorded. */
function peerIn(directory: string, repository: string) {
  const mirror = join(directory, 'mirror.git');
  const trees = join(directory, 'trees');
  mkdirSync(trees, { recursive: true });
  const fetch = `git init -q --bare '${mirror}' && git --git-dir='${mirror}' fetch -q --no-tags '${repository}' main:main`;
  const script = (name: string) =>
    [
      `git ls-remote --symref -- '${repository}' HEAD`,
      `git --git-dir='${mirror}' update-ref refs/bench/${name} main`,
      `git init -q --initial-branch=main -- '${trees}/${name}'`,
      `cd '${trees}/${name}'`,
      `echo '${mirror}/objects' > .git/objects/info/alternates`,
      `git update-ref refs/heads/main $(git --git-dir='${mirror}' rev-parse main)`,
      `git -c checkout.workers=4 read-tree -u --reset HEAD`,
    ].join(' && ');
  let fetched = false;
  const ensureMirror = async () => {
    if (!fetched) await sh(fetch);
    fetched = true;
  };
  return {
    async make(name: string) {
      await ensureMirror();
      await sh(script(name));
      return join(trees, name);
    },
    forget() {
      rmSync(mirror, { recursive: true });
      fetched = false;
    },
    async many(count: number) {
      const ms = await timed(async () => {
        await ensureMirror();
        await Promise.all(Array.from({ length: count }, (_, index) => sh(script(`tree-${index}`))));
      });
      for (let index = 0; index < count; index += 1) rmSync(join(trees, `tree-${index}`), { recursive: true });
      return { ms };
    },
  };
}

function change(tree: string, round: number): void {
  mkdirSync(join(tree, 'made'), { recursive: true });
  for (let file = 0; file < 20; file += 1) writeFileSync(join(tree, `made/${file}.txt`), `${file} of ${round}\n`);
}

async function sh(script: string): Promise<void> {
  const env = { PATH: process.env['PATH'], LC_ALL: 'C', GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
  await promisify(execFile)('sh', ['-c', script], { env });
}
