import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

/*
 * The peer of the service under a flood: reads what a program prints and does nothing with it. Prints by how many MiB
 * its memory grew at most. Argument: the number of bytes.
 */

const FLOOD = resolve(import.meta.dirname, '../test/programs/flood.mjs');

await read('1048576');
const beforeBytes = process.memoryUsage.rss();
await read(process.argv[2] ?? '0');
const peakBytes = process.resourceUsage().maxRSS * 1024;
process.stdout.write(`${Math.max(0, peakBytes - beforeBytes) / 1024 ** 2}\n`);

async function read(bytes) {
  const child = spawn(process.execPath, [FLOOD, bytes, '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.on('data', () => undefined);
  await once(child, 'close');
}
