import { readFile } from 'node:fs/promises';
import type { ProcessEnd } from '../ports/process.ts';

/** What runtimes write as they give up for lack of memory, at the beginning of a line; each then ends itself by a signal. */
const LAST_WORDS =
  /^(?:FATAL ERROR: [^\n]{0,200}heap out of memory|# ?Fatal JavaScript (?:OOM|out of memory)|memory allocation of \d+ bytes failed|terminate called after throwing an instance of 'std::bad_alloc')/im;
const OWN_ENDS: ReadonlySet<number | string | null> = new Set(['SIGABRT', 'SIGTRAP', 'SIGILL', 134, 133, 132]);
/** Go ends with an ordinary exit code. */
const LAST_WORDS_OF_GO = /^fatal error: runtime: (?:out of memory|cannot allocate memory)/m;

/**
 * How many processes the kernel has ended for lack of memory: those of the control group of this service where it counts
 * them, else those of the machine. Null where neither can be read. Never rejects.
 */
export async function memoryKills(): Promise<number | null> {
  const group = /^0::(\/.*)$/m.exec(await textOf('/proc/self/cgroup'))?.[1];
  const events = group === undefined ? '' : await textOf(`/sys/fs/cgroup${group}/memory.events`);
  const count = /^oom_kill (\d+)$/m.exec(events) ?? /^oom_kill (\d+)$/m.exec(await textOf('/proc/vmstat'));
  return count === null ? null : Number(count[1]);
}

/**
 * By which sign a program that ended by itself has died of lack of memory: the kernel counts one more, or it said so
 * itself. Null where there is none: a SIGKILL alone may have come from anybody.
 */
export function diedOfMemory(
  { reason, exitCode, signal, stderrTail }: Pick<ProcessEnd, 'reason' | 'exitCode' | 'signal' | 'stderrTail'>,
  kills: { readonly before: number | null; readonly after: number | null },
): string | null {
  if (reason !== 'exited') return null;
  const [words] = LAST_WORDS.exec(stderrTail) ?? [];
  if (words !== undefined && (OWN_ENDS.has(signal) || OWN_ENDS.has(exitCode))) return `it said: ${words}`;
  const [wordsOfGo] = LAST_WORDS_OF_GO.exec(stderrTail) ?? [];
  if (wordsOfGo !== undefined && exitCode === 2) return `it said: ${wordsOfGo}`;
  const wasKilled = signal === 'SIGKILL' || exitCode === 137;
  const more = kills.before !== null && kills.after !== null && kills.after > kills.before;
  return wasKilled && more ? 'it was killed by SIGKILL while the kernel ended a process for lack of memory' : null;
}

/** Empty where it cannot be read. */
async function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}
