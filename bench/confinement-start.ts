import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RunProcess } from '../src/ports/process.ts';
import type { Confinement } from '../src/sandboxes/confinement/confinement.ts';
import { detectConfinement } from '../src/sandboxes/confinement/detect.ts';
import { makeWorkPlace } from '../test/suites/work-place.ts';
import type { Benchmark } from './measure.ts';
import { alternate, figure, timed } from './measure.ts';
import { makeSandbox } from './sandbox-place.ts';

const ROUNDS = 30;
const NO_LIMITS = { firstActivityMs: null, idleMs: null, totalMs: null };
const ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8' };
/** The least that gives a program a pid namespace of its own. */
const BARE_BWRAP = ['--unshare-pid', '--die-with-parent', '--bind', '/', '/', '--proc', '/proc', 'true'];

/** What a program that does nothing costs in each confinement, from the call until it is proven dead. */
export const confinementStart: Benchmark = {
  name: 'confinement-start',
  async run({ directory }) {
    using place = makeWorkPlace({ gated: false });
    const runs = new Map<string, { readonly took: number[]; readonly run: () => Promise<void> }>();
    for (const [name, confinement] of await confinements()) {
      const own = join(directory, `confinement-${runs.size}`);
      mkdirSync(own);
      const { runProcess } = await makeSandbox({ directory: own, repository: place.repository, confinement });
      runs.set(name, { took: [], run: () => runTrue(runProcess) });
    }
    const bare: number[] = [];
    const bareBwrap: number[] = [];
    const confined = runs.size > 1;
    await alternate(ROUNDS, [
      ...[...runs.values()].map(
        ({ took, run }) =>
          async () =>
            void took.push(await timed(run)),
      ),
      async () => void bare.push(await timed(() => spawned('true', []))),
      ...(confined ? [async () => void bareBwrap.push(await timed(() => spawned('bwrap', BARE_BWRAP)))] : []),
    ]);
    const peers = { 'spawn of true': bare, ...(confined ? { 'spawn of bwrap … true': bareBwrap } : {}) };
    return [...runs].map(([name, { took }]) => figure({ name: `true in ${name}`, unit: 'ms', product: took, peers }));
  },
};

/** Those that this machine has; says which it has not. */
async function confinements(): Promise<readonly (readonly [string, Confinement])[]> {
  const found: (readonly [string, Confinement])[] = [['confinement none', await detectConfinement('none')]];
  const bubblewrap = await detectConfinement('auto');
  if (bubblewrap.report.kind === 'none') {
    console.log(`  confinement-start: without bubblewrap. ${bubblewrap.report.problem}`);
    return found;
  }
  found.push(['bubblewrap, network open', bubblewrap]);
  const rules = { path: process.env['PATH'], network: 'allow-list' as const, allowedHosts: ['127.0.0.1'] };
  found.push(['bubblewrap, network by allow-list', await detectConfinement('auto', rules)]);
  return found;
}

async function runTrue(runProcess: RunProcess): Promise<void> {
  const end = await runProcess({
    file: 'true',
    args: [],
    env: ENVIRONMENT,
    stdin: null,
    limits: NO_LIMITS,
    signal: new AbortController().signal,
    onLine: () => undefined,
  });
  if (end.exitCode !== 0) throw new Error(`true did not run: ${end.error ?? end.stderrTail}`);
}

async function spawned(file: string, args: readonly string[]): Promise<void> {
  const child = spawn(file, args, { env: ENVIRONMENT, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.resume();
  child.stderr.resume();
  const [exitCode] = await once(child, 'close');
  if (exitCode !== 0) throw new Error(`${file} ended with ${exitCode}`);
}
