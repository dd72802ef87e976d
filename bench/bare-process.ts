import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { OutputLine, ProcessEnd, ProcessSpec } from '../src/ports/process.ts';

const FINISH_GRACE_MS = 1_000;

/**
 * What is left of running a program when nothing is guarded: no gate, no record, no confinement, no time limits, no
 * proof of death. Its lines go to the same reader, so that the same ones count as activity.
 */
export async function runBare(spec: ProcessSpec, cwd: string): Promise<ProcessEnd> {
  const begunMs = performance.now();
  const child = spawn(spec.file, spec.args, { cwd, env: { ...spec.env }, stdio: ['pipe', 'pipe', 'pipe'] });
  const { stdin } = child;
  // A program may end without reading all of it.
  stdin.on('error', () => undefined);
  if (typeof spec.stdin === 'function') {
    spec.stdin({ write: (text) => void (stdin.writable && stdin.write(text)), end: () => void stdin.end() });
  } else stdin.end(spec.stdin ?? '');
  let lines = Promise.resolve();
  let stderr = '';
  let finished = false;
  const give = async (before: Promise<void>, line: OutputLine): Promise<void> => {
    await before;
    if ((await spec.onLine(line)) !== 'finish' || finished) return;
    finished = true;
    // The product's own grace for a program that does not end when it has given its result.
    setTimeout(() => child.kill('SIGKILL'), FINISH_GRACE_MS).unref();
  };
  const take = (stream: OutputLine['stream']) => (text: string) => {
    if (stream === 'stderr') stderr += `${text}\n`;
    lines = give(lines, { stream, text, bytes: Buffer.byteLength(text), cut: false });
  };
  createInterface({ input: child.stdout }).on('line', take('stdout'));
  createInterface({ input: child.stderr }).on('line', take('stderr'));
  const [exitCode, signal] = await once(child, 'close');
  await lines;
  const reason = finished ? 'finished' : 'exited';
  const durationMs = performance.now() - begunMs;
  return { reason, exitCode, signal, durationMs, stderrTail: stderr.slice(-4096), survivors: [], error: null };
}
