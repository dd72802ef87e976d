import { randomInt, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OutputLine, ProcessEnd, ProcessSpec } from '../../src/ports/process.ts';
import { runProcessTree } from '../../src/process/spawn.ts';
import type { Launch } from '../../src/process/spawn.ts';
import { detectConfinement } from '../../src/sandboxes/confinement/detect.ts';
import type { Confinement } from '../../src/sandboxes/confinement/confinement.ts';

export const NO_LIMITS = { firstActivityMs: null, idleMs: null, totalMs: null } as const;

/** What proves deaths: without it nothing can be said about processes that have left their group. */
export const HAS_PROC = existsSync('/proc/self/environ');

/** Where Node finds out that the programs are modules. */
const PACKAGE = join(import.meta.dirname, '../../package.json');

export interface Way {
  readonly name: 'none' | 'bubblewrap' | 'bubblewrap with a list of hosts';
  readonly confinement: Confinement;
}

/** The ways to run a program on this machine, and what is missing for the others. */
export async function findWays(): Promise<{ readonly usable: readonly Way[]; readonly missing: readonly string[] }> {
  if (!HAS_PROC) return { usable: [], missing: ['there is no /proc to prove deaths by'] };
  const none: Way = { name: 'none', confinement: await detectConfinement('none') };
  const best = await detectConfinement('auto');
  if (best.report.problem !== null) return { usable: [none], missing: [best.report.problem] };
  const listed = await detectConfinement('auto', { network: 'allow-list' });
  const both = [
    { name: 'bubblewrap', confinement: best },
    { name: 'bubblewrap with a list of hosts', confinement: listed },
  ] as const;
  return { usable: [none, ...both], missing: [] };
}

export function program(name: string): string {
  return join(import.meta.dirname, name);
}

export interface ProgramRun {
  readonly end: ProcessEnd;
  readonly lines: readonly OutputLine[];
}

/** Runs one of the programs of this folder with Node (or `file` itself) and collects its lines. */
export async function runProgram(input: {
  readonly file?: string;
  readonly args: readonly string[];
  readonly confinement: Confinement;
  /** Stands in the environment of each process of the tree. */
  readonly token?: string;
  /** What is seen beside the programs of this folder. */
  readonly readable?: readonly string[];
  readonly spec?: Partial<ProcessSpec>;
  readonly launch?: Partial<Launch>;
  readonly onLine?: ProcessSpec['onLine'];
}): Promise<ProgramRun> {
  const lines: OutputLine[] = [];
  const file = input.file ?? process.execPath;
  const cwd = import.meta.dirname;
  const { args } = input;
  const spec: ProcessSpec = {
    file,
    args,
    env: { PATH: process.env['PATH'] ?? '', AWO_TEST_TOKEN: input.token ?? '' },
    stdin: null,
    limits: NO_LIMITS,
    signal: new AbortController().signal,
    onLine: (line) => {
      lines.push(line);
      return input.onLine?.(line);
    },
    ...input.spec,
  };
  await using agent = await input.confinement.agent({
    file,
    args,
    env: spec.env,
    directory: cwd,
    readable: [cwd, PACKAGE, ...(input.readable ?? [])],
    writable: [],
    hosts: [],
    onNetworkRefused: () => undefined,
  });
  const { command } = agent;
  const end = await runProcessTree(spec, { cwd, command, recordsDirectory: null, owner: 'wo-test', ...input.launch });
  return { end, lines };
}

export function newToken(): string {
  return randomUUID();
}

/** A number for `sleep` that no other process of this machine sleeps for. */
export function newSeconds(): string {
  return String(randomInt(1_000_000_000, 2_000_000_000));
}

/** Pids of living processes that have the token in their environment or as one of their arguments. */
export function livingWith(token: string): readonly number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid && isAlive(pid))
    .filter((pid) => ['environ', 'cmdline'].some((file) => read(pid, file).split(/[\0=]/).includes(token)));
}

function isAlive(pid: number): boolean {
  const stat = read(pid, 'stat');
  return stat !== '' && !['Z', 'X'].includes(stat.slice(stat.lastIndexOf(')') + 2)[0] ?? '');
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}
