// Runs a program as the service does, says `started`, and waits to be killed.
// `node service-that-dies.ts RECORDS none|bubblewrap PROGRAM ARG…`
import { runProcessTree } from '../../src/process/spawn.ts';
import { detectConfinement } from '../../src/sandboxes/confinement/detect.ts';

const [recordsDirectory = '', mode, file = '', ...args] = process.argv.slice(2);
const confinement = await detectConfinement(mode === 'none' ? 'none' : 'bubblewrap');
await runProcessTree(
  {
    file,
    args,
    env: { PATH: process.env['PATH'] ?? '' },
    stdin: null,
    limits: { firstActivityMs: null, idleMs: null, totalMs: null },
    signal: new AbortController().signal,
    onLine: (line) => {
      process.stdout.write(`${line.text}\n`);
    },
  },
  {
    cwd: import.meta.dirname,
    command: confinement.agent({ file, args, directory: import.meta.dirname }),
    recordsDirectory,
    owner: 'wo-service',
  },
);
