import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { agentActivity } from './agent-activity.ts';
import { agentOverhead } from './agent-overhead.ts';
import { agentStart } from './agent-start.ts';
import { historyShare } from './history-share.ts';
import { agentsAtOnce } from './agents-at-once.ts';
import { confinementStart } from './confinement-start.ts';
import { cancel } from './cancel.ts';
import { describeMachine } from './machine.ts';
import type { Benchmark, Figure } from './measure.ts';
import { memory } from './memory.ts';
import { page } from './page.ts';
import { programStart } from './program-start.ts';
import { redact } from './redact.ts';
import { sandboxes } from './sandboxes.ts';
import { startsAtOnce } from './starts-at-once.ts';
import { stepStream } from './step-stream.ts';
import { stepWrites } from './step-writes.ts';
import { tableOf } from './table.ts';

/*
 * `npm run bench`: measures, prints a table and writes the same as JSON. A missed aim is printed and changes nothing
 * else: the exit code is 0 unless a benchmark breaks.
 */

const BENCHMARKS: readonly Benchmark[] = [
  programStart,
  stepWrites,
  stepStream,
  historyShare,
  agentStart,
  startsAtOnce,
  cancel,
  sandboxes,
  agentActivity,
  agentsAtOnce,
  agentOverhead,
  confinementStart,
  memory,
  redact,
  page,
];
const LATEST = join(import.meta.dirname, 'results', 'latest.json');

const HELP = `Usage: npm run bench -- [options] [NAME…]

Runs the benchmarks whose name contains one of the words, or all: ${BENCHMARKS.map(({ name }) => name).join(', ')}.

  --directory DIR  measure on the disk of this folder (default: the folder for temporary files)
  --json FILE      write the results here too
  --help           show this help`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    directory: { type: 'string', default: tmpdir() },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const chosen = BENCHMARKS.filter(
  ({ name }) => positionals.length === 0 || positionals.some((wanted) => name.includes(wanted)),
);
if (values.help) console.log(HELP);
else if (chosen.length > 0) await measure(chosen, temporaryFolder(values.directory));
else {
  console.error(`No benchmark has a name with ${positionals.join(' or ')}.\n\n${HELP}`);
  process.exitCode = 2;
}

/** A folder for everything that is written, gone when this process ends in whatever way it can see. */
function temporaryFolder(parent: string): string {
  const directory = mkdtempSync(join(realpathSync(resolve(parent)), 'awo-bench-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  // Whatever makes a temporary folder of its own makes it on the same disk.
  process.env['TMPDIR'] = directory;
  return directory;
}

async function measure(chosen: readonly Benchmark[], directory: string): Promise<void> {
  const begunMs = performance.now();
  const measured_at = new Date().toISOString();
  const machine = describeMachine(directory);
  console.log(
    `${machine.cores} cores, ${machine.system}, Node ${machine.node}, SQLite ${machine.sqlite}, git ${machine.git}; ` +
      `writing to ${machine.file_system}; load ${machine.load}\n`,
  );
  const results: Record<string, readonly Figure[]> = {};
  for (const benchmark of chosen) {
    const { name } = benchmark;
    const own = join(directory, name);
    mkdirSync(own);
    try {
      const figures = await benchmark.run({ directory: own });
      results[name] = figures;
      console.log(`${tableOf(name, figures)}\n`);
    } catch (error) {
      // The others are worth their time all the same.
      console.error(`${name} broke:`, error, '\n');
      process.exitCode = 1;
    }
  }
  const aims = Object.values(results).flatMap((figures) => figures.flatMap(({ aim }) => aim ?? []));
  const duration_seconds = Math.round((performance.now() - begunMs) / 1_000);
  const missed = aims.filter(({ met }) => !met).length;
  console.log(`${aims.length} aims, ${missed} missed; ${duration_seconds} s`);
  const report = `${JSON.stringify({ version: 1, measured_at, duration_seconds, machine, results }, null, 2)}\n`;
  for (const file of values.json === undefined ? [LATEST] : [LATEST, resolve(values.json)]) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, report);
    console.log(`written to ${file}`);
  }
}
