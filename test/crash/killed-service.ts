import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import type { Configuration } from '../../src/contract/configuration.ts';

/** A service in its own process. */
export interface ServiceProcess extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  /** Resolves when it is held at its race point. */
  readonly held: Promise<void>;
  /** Gives a disturbed one a line of input. */
  tell(line: string): void;
  /** `kill -9`, and waits until the process is gone. */
  kill(): Promise<void>;
}

/** One that may not be ready yet. */
export interface StartingService extends Omit<ServiceProcess, 'url'> {
  /** Its URL, when it listens. */
  readonly ready: Promise<string>;
}

/** Starts `test/crash/service.ts`; resolves when it listens. */
export async function startServiceProcess(configuration: Configuration, held = ''): Promise<ServiceProcess> {
  const starting = launchServiceProcess(configuration, { held, disturbed: false });
  return { ...starting, url: await starting.ready };
}

/** Starts it, and returns at once. */
export function launchServiceProcess(
  configuration: Configuration,
  { held, disturbed }: { readonly held: string; readonly disturbed: boolean },
): StartingService {
  const program = join(import.meta.dirname, 'service.ts');
  const args = [program, JSON.stringify(configuration), held, disturbed ? 'disturbed' : ''];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.on('error', () => undefined);
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(-4_000)));
  const lines = createInterface({ input: child.stdout });
  const isHeld = Promise.withResolvers<void>();
  const isReady = Promise.withResolvers<string>();
  lines.on('line', (line) => {
    if (line.startsWith('ready ')) isReady.resolve(line.slice('ready '.length));
    if (line.startsWith('held ')) isHeld.resolve();
  });
  for (const promise of [isHeld.promise, isReady.promise]) promise.catch(() => undefined);
  // Not at its exit: what it said last may still be on its way.
  child.once('close', () => {
    isReady.reject(new Error(`the service ended before it was ready: ${errors}`));
    isHeld.reject(new Error(`the service ended before it was held: ${errors}`));
  });
  return {
    pid: child.pid ?? 0,
    ready: isReady.promise,
    held: isHeld.promise,
    tell: (line) => void child.stdin.write(`${line}\n`),
    kill: () => killed(child),
    [Symbol.asyncDispose]: () => killed(child),
  };
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
