// Starts processes that try to outlive it, says `ready`, and never ends (with `end`: ends with exit code 0).
// `node scatter.mjs SECONDS WAY… [end]`: each is a `sleep SECONDS`, so that a test knows them by that number.
import { spawn, spawnSync } from 'node:child_process';

const [seconds, ...ways] = process.argv.slice(2);
const ignoreTerm = ['-c', 'trap "" TERM; exec sleep "$1"', 'sh', seconds];
const daemon = ['-c', 'sleep "$1" >/dev/null 2>&1 </dev/null &', 'sh', seconds];
const cleared = { PATH: process.env.PATH };

const start = {
  'same-group': () => spawn('sleep', [seconds], { stdio: 'ignore' }),
  'ignores-term': () => spawn('sh', ignoreTerm, { stdio: 'ignore' }),
  'own-session': () => spawn('sleep', [seconds], { stdio: 'ignore', detached: true }),
  /** Its parent and the leader of its session are gone. */
  'double-fork': () => spawnSync('sh', daemon, { stdio: 'ignore', detached: true }),
  'own-session-cleared': () => spawn('sleep', [seconds], { stdio: 'ignore', detached: true, env: cleared }),
  /** Nothing is left that ties it to us. */
  'double-fork-cleared': () => spawnSync('sh', daemon, { stdio: 'ignore', detached: true, env: cleared }),
  /** Nothing but our standard output, which it holds open. */
  'double-fork-cleared-holds-pipe': () =>
    spawnSync('sh', ['-c', 'sleep "$1" &', 'sh', seconds], {
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
      env: cleared,
    }),
  end: () => undefined,
};

for (const way of ways) start[way]();
process.stdout.write('ready\n', () => {
  if (ways.includes('end')) process.exit(0);
});
setInterval(() => undefined, 1_000_000);
