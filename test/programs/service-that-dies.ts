// Runs a program as the service does, says `started`, and waits to be killed.
// `node service-that-dies.ts RECORDS WAY PROGRAM ARG…`, where WAY is a name of `findWays`.
import { runProcessTree } from '../../src/process/spawn.ts';
import { detectConfinement } from '../../src/sandboxes/confinement/detect.ts';

const [recordsDirectory = '', way = '', file = '', ...args] = process.argv.slice(2);
const network = way.endsWith('list of hosts') ? 'allow-list' : 'open';
const confinement = await detectConfinement(way === 'none' ? 'none' : 'bubblewrap', { network });
const env = { PATH: process.env['PATH'] ?? '' };
await using agent = await confinement.agent({
  file,
  args,
  env,
  directory: import.meta.dirname,
  readable: [import.meta.dirname],
  writable: [],
  hosts: [],
  onNetworkRefused: () => undefined,
});
await runProcessTree(
  {
    file,
    args,
    env,
    stdin: null,
    limits: { firstActivityMs: null, idleMs: null, totalMs: null },
    signal: new AbortController().signal,
    onLine: (line) => {
      process.stdout.write(`${line.text}\n`);
    },
  },
  {
    cwd: import.meta.dirname,
    command: agent.command,
    recordsDirectory,
    owner: 'wo-service',
  },
);
