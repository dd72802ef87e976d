import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

export const COMMAND_LINE = resolve(import.meta.dirname, '../src/cli/main.ts');

/** `awo serve` in a process of its own. */
export interface Served extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  /** From the start of the process to its ready line. */
  readonly readyMs: number;
  /** What the service has logged so far, line by line, as JSON. */
  readonly log: readonly string[];
}

/** Starts the service as a user would, with nothing of the user's own configuration; resolves at its ready line. */
export async function serve({
  directory,
  flags,
  environment = {},
}: {
  /** For the data, the home and the cache of compiled code. */
  readonly directory: string;
  readonly flags: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}): Promise<Served> {
  const begunMs = performance.now();
  const child = spawn(process.execPath, [COMMAND_LINE, 'serve', '--port', '0', ...flags], {
    env: { ...plainEnvironment(directory), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => log.push(line));
  // Before the folder is removed, which is done at the exit too.
  const kill = () => child.kill('SIGKILL');
  process.prependListener('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  const ready = Promise.withResolvers<string>();
  createInterface({ input: child.stdout }).once('line', ready.resolve);
  child.once('error', ready.reject);
  child.once('exit', () => ready.reject(new Error(`serve ended before it was ready: ${log.join('\n')}`)));
  const line = await ready.promise;
  const readyMs = performance.now() - begunMs;
  const url = /http:\/\/\S+/.exec(line)?.[0];
  if (url === undefined || child.pid === undefined) throw new Error(`serve said ${line}`);
  return { url, pid: child.pid, readyMs, log, [Symbol.asyncDispose]: () => ended(child) };
}

/** What a program needs to run, with its home in the folder of the benchmark. */
export function plainEnvironment(directory: string): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    LANG: 'C.UTF-8',
    HOME: directory,
    TMPDIR: process.env['TMPDIR'] ?? directory,
    XDG_CACHE_HOME: directory,
  };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}
