import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import type { Configuration } from '../../src/contract/configuration.ts';

/** A service in its own process. */
export interface ServiceProcess extends AsyncDisposable {
  readonly url: string;
  /** Resolves when it is held at its race point. */
  readonly held: Promise<void>;
  /** `kill -9`, and waits until the process is gone. */
  kill(): Promise<void>;
}

/** Starts `test/crash/service.ts`; resolves when it listens. */
export async function startServiceProcess(configuration: Configuration, held = ''): Promise<ServiceProcess> {
  const program = join(import.meta.dirname, 'service.ts');
  const child = spawn(process.execPath, [program, JSON.stringify(configuration), held], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(-4_000)));
  const lines = createInterface({ input: child.stdout });
  const isHeld = Promise.withResolvers<void>();
  const isReady = Promise.withResolvers<string>();
  lines.on('line', (line) => {
    if (line.startsWith('ready ')) isReady.resolve(line.slice('ready '.length));
    if (line.startsWith('held ')) isHeld.resolve();
  });
  isHeld.promise.catch(() => undefined);
  child.once('exit', () => {
    isReady.reject(new Error(`the service ended before it was ready: ${errors}`));
    isHeld.reject(new Error(`the service ended before it was held: ${errors}`));
  });
  return {
    url: await isReady.promise,
    held: isHeld.promise,
    kill: () => killed(child),
    [Symbol.asyncDispose]: () => killed(child),
  };
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
