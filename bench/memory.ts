import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { apiOf } from '../test/suites/api.ts';
import type { WorkPlace } from '../test/suites/work-place.ts';
import { makeWorkPlace } from '../test/suites/work-place.ts';
import type { Benchmark, Figure } from './measure.ts';
import { alternate, figure } from './measure.ts';
import { canReadMemory, forgetPeak, readMemory } from './process-memory.ts';
import { plainEnvironment, serve } from './served.ts';

const FLOOD = resolve(import.meta.dirname, '../test/programs/flood.mjs');
const FLOOD_BYTES = 1_073_741_824;
/** Each with a service of its own: memory that a flood has taken is not always given back. */
const FLOODS = 3;
const IDLE_SAMPLES = 10;
const SAMPLE_MS = 20;
const GROWTH_AIM = {
  says: 'never more than 32 MiB',
  met: ({ product }: Pick<Figure, 'product'>) => product.worst <= 32,
};

type Output = 'stdout' | 'stderr';

/** How much memory the service takes while it does nothing, and how much more under an agent that prints without end. */
export const memory: Benchmark = {
  name: 'memory',
  async run({ directory }) {
    // Another system keeps no peak that could be read from outside.
    if (!canReadMemory) return [];
    const idle: number[] = [];
    const quiet: number[] = [];
    const growth = { stdout: [] as number[], stderr: [] as number[] };
    const peer: number[] = [];
    const bare: number[] = [];
    const flood = async (output: Output, round: number) => {
      const seen = await memoryUnderFlood(join(directory, `${output}-${round}`), output);
      idle.push(...seen.idle);
      quiet.push(seen.quiet);
      growth[output].push(seen.flood);
    };
    await alternate(FLOODS, [
      (round) => flood('stdout', round),
      (round) => flood('stderr', round),
      () => {
        peer.push(growthOfReader(directory));
        bare.push(bareNode(directory));
      },
    ]);
    const unit = 'MiB';
    const peers = { 'in a work order without': quiet, 'node that reads it and drops it': peer };
    const note = 'The highest peak in a whole work order over the memory just before it, as the kernel saw it';
    return [
      figure({ name: 'memory of the service, idle', unit, product: idle, peers: { 'node -e 0': bare } }),
      ...(['stdout', 'stderr'] as const).map((output) =>
        figure({
          name: `its growth under 1 GiB on ${output} without a line end`,
          unit,
          product: growth[output],
          peers,
          aim: GROWTH_AIM,
          note,
        }),
      ),
    ];
  },
};

/** Starts a service and gives it three work orders: one to warm up, a quiet one, and one whose agent floods. */
async function memoryUnderFlood(directory: string, output: Output) {
  using place = makeWorkPlace({ gated: false });
  const flooding = join(place.directory, 'flooding');
  mkdirSync(directory);
  const flags = ['--data-dir', join(directory, 'data'), '--allow-local', place.directory, '--agent', 'command'];
  await using service = await serve({
    directory,
    flags: [...flags, '--agent-command', floodingAgent(place, flooding, output)],
    environment: { AWO_SANDBOX_READABLE: [place.directory, dirname(FLOOD), ...place.readable].join(':') },
  });
  const api = apiOf(service.url);
  const { pid } = service;
  const idle: number[] = [];
  for (let sample = 0; sample < IDLE_SAMPLES; sample += 1) {
    await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
    idle.push(readMemory(pid).residentMib);
  }
  const growthOfOne = async (): Promise<number> => {
    forgetPeak(pid);
    const before = readMemory(pid).residentMib;
    const id = await api.submit({ repository_url: place.repository, user_request: 'Keep a list' });
    await api.untilEnd(id);
    const { outcome, error_message } = await api.workOrder(id);
    if (outcome !== 'branch_pushed') throw new Error(`the work order failed: ${error_message}`);
    return readMemory(pid).peakMib - before;
  };
  // So that what the first work order loads and compiles does not pass for the cost of a flood.
  await growthOfOne();
  const quiet = await growthOfOne();
  writeFileSync(flooding, '');
  const flood = await growthOfOne();
  rmSync(flooding);
  return { idle, quiet, flood };
}

/** The scripted agent, which prints the flood first in its step `implement` while the file `flooding` is there. */
function floodingAgent(place: WorkPlace, flooding: string, output: Output): string {
  const program = join(place.directory, 'bin/flooding-agent');
  const flood = `'${process.execPath}' '${FLOOD}' ${FLOOD_BYTES} 0${output === 'stderr' ? ' >&2' : ''}`;
  const script = [
    '#!/bin/sh',
    `[ "$AWO_STEP" = implement ] && [ -e '${flooding}' ] && ${flood}`,
    `exec '${place.configuration().agentCommand}'`,
  ];
  writeFileSync(program, `${script.join('\n')}\n`, { mode: 0o755 });
  return program;
}

function growthOfReader(directory: string): number {
  const reader = resolve(import.meta.dirname, 'flood-reader.mjs');
  return Number(nodePrints(directory, reader, String(FLOOD_BYTES)));
}

function bareNode(directory: string): number {
  return Number(nodePrints(directory, '-e', 'process.stdout.write(String(process.memoryUsage.rss() / 1024 ** 2))'));
}

function nodePrints(directory: string, ...args: readonly string[]): string {
  return execFileSync(process.execPath, args, { env: plainEnvironment(directory), encoding: 'utf8' });
}
