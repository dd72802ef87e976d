import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { apiOf } from '../test/suites/api.ts';
import type { Benchmark, Figure } from './measure.ts';
import { alternate, figure } from './measure.ts';
import { git, makeLongRepository } from './repository.ts';
import { serve } from './served.ts';

const ROUNDS = 10;
const LIMIT_MS = 3_000;
const AIM = {
  says: `each within ${LIMIT_MS / 1_000} s`,
  met: ({ product }: Pick<Figure, 'product'>) => product.worst <= LIMIT_MS,
};

const program = (name: string) => resolve(import.meta.dirname, '../test/programs', name);
/** Seconds that what it leaves behind would live. */
const SCATTER = [program('scatter.mjs'), '600'];
const IGNORE_TERM = [program('ignore-term.mjs')];

interface Kind {
  readonly name: string;
  /** Of a program of Node that says `ready` when it runs. */
  readonly args: readonly string[];
  /** One that leaves nothing behind, and what ends it. */
  readonly bare: { readonly args: readonly string[]; readonly signal: 'SIGTERM' | 'SIGKILL' };
}

const KINDS: readonly Kind[] = [
  { name: 'an agent that ends when asked', args: SCATTER, bare: { args: SCATTER, signal: 'SIGTERM' } },
  {
    name: 'an agent that ignores TERM',
    args: IGNORE_TERM,
    bare: { args: IGNORE_TERM, signal: 'SIGKILL' },
  },
  {
    name: 'an agent with daemons by setsid and double fork, one ignores TERM',
    args: [...SCATTER, 'own-session', 'ignores-term', 'double-fork', 'double-fork-cleared'],
    bare: { args: SCATTER, signal: 'SIGKILL' },
  },
];

/** From the request to cancel until `cancelled` is told, which is when the whole tree of processes is proven dead. */
export const cancel: Benchmark = {
  name: 'cancel',
  async run({ directory }) {
    const repository = join(directory, 'remote.git');
    makeLongRepository(repository);
    git(['-C', repository, 'gc', '--quiet']);
    const figures: Figure[] = [];
    for (const [index, { name, args, bare }] of KINDS.entries()) {
      await using service = await serve({
        directory,
        flags: ['--data-dir', join(directory, `data-${index}`), '--allow-local', directory].concat([
          '--agent',
          'command',
          '--agent-command',
          [process.execPath, ...args].map((word) => `'${word}'`).join(' '),
        ]),
        environment: { AWO_LOG_LEVEL: 'error' },
      });
      const api = apiOf(service.url);
      const product: number[] = [];
      const alone: number[] = [];
      await alternate(ROUNDS, [
        async () => void product.push(await cancelled(api, repository)),
        async () => void alone.push(await killed(bare)),
      ]);
      figures.push(
        figure({
          name: `cancel of ${name}`,
          unit: 'ms',
          product,
          peers: { [`${bare.signal} to the bare program, until it is gone`]: alone },
          aim: AIM,
        }),
      );
    }
    return figures;
  },
};

async function cancelled(api: ReturnType<typeof apiOf>, repository: string): Promise<number> {
  const id = await api.submit({ repository_url: repository, user_request: 'Never end' });
  await api.untilLogged(id, 'ready');
  const end = api.untilEnd(id);
  const begunMs = performance.now();
  await api.post(`/agent-work-orders/${id}/cancel`);
  const last = (await end).at(-1)?.type;
  if (last !== 'work_order_cancelled') throw new Error(`it ended with ${last}`);
  return performance.now() - begunMs;
}

async function killed({ args, signal }: Kind['bare']): Promise<number> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  const begunMs = performance.now();
  child.kill(signal);
  await once(child, 'exit');
  return performance.now() - begunMs;
}
