// Reads a flood through runProcessTree in a process of its own and prints what it cost: { lines, cutLines, bytes, grownBytes, ms }.
// How much memory it took is the growth of the peak that the kernel keeps, over that of a small flood before.
import { join } from 'node:path';
import { runProcessTree } from '../../src/process/spawn.ts';

const [bytes = '0', lineBytes = '0'] = process.argv.slice(2);

async function read(size: string): Promise<{ lines: number; cutLines: number; bytes: number }> {
  const sum = { lines: 0, cutLines: 0, bytes: 0 };
  const args = [join(import.meta.dirname, 'flood.mjs'), size, lineBytes];
  const end = await runProcessTree(
    {
      file: process.execPath,
      args,
      env: {},
      stdin: null,
      limits: { firstActivityMs: null, idleMs: null, totalMs: null },
      signal: new AbortController().signal,
      onLine: (line) => {
        sum.lines += 1;
        sum.bytes += line.bytes;
        if (line.cut) sum.cutLines += 1;
      },
    },
    {
      cwd: import.meta.dirname,
      command: { file: process.execPath, args, infoFd: null },
      recordsDirectory: null,
      owner: 'measure',
    },
  );
  if (end.reason !== 'exited' || end.exitCode !== 0) throw new Error(JSON.stringify(end));
  return sum;
}

await read(String(256 * 1024));
const before = process.resourceUsage().maxRSS;
const startedMs = performance.now();
const sum = await read(bytes);
const grownBytes = (process.resourceUsage().maxRSS - before) * 1024;
process.stdout.write(`${JSON.stringify({ ...sum, grownBytes, ms: Math.round(performance.now() - startedMs) })}\n`);
