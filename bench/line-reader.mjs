import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

/*
 * The peer of the service under talking agents: reads the same pipes by lines and drops each line, or parses it as JSON
 * and drops that. After each round prints when its last line came, by the clock that all processes share. Arguments: the
 * folder of the talkers, their kind, how many, their lines a round, and `drop` or `parse`.
 */

const CHATTER = resolve(import.meta.dirname, '../test/programs/chatter.mjs');
const [folder, kind, count, lines, use] = process.argv.slice(2);
const args = [CHATTER, folder, lines, ...(kind === 'claude' ? ['--output-format', 'stream-json'] : [])];
const wanted = Number(count) * Number(lines);
let seen = 0;

for (let agent = 0; agent < Number(count); agent += 1) {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (use === 'parse') JSON.parse(line);
    seen += 1;
    if (seen < wanted) return;
    seen = 0;
    process.stdout.write(`${Number(process.hrtime.bigint()) / 1e6}\n`);
  });
}
