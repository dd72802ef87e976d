import { readFileSync, readdirSync } from 'node:fs';

/** A living process that has to do with one place of a test. */
export interface OwnProcess {
  readonly pid: number;
  readonly name: string;
  readonly args: readonly string[];
}

/** Processes with this word in their arguments or their environment, but for this one; a zombie has neither. */
export function processesOf(word: string): readonly OwnProcess[] {
  const pids = readdirSync('/proc').map(Number);
  return pids.flatMap((pid) => {
    if (!Number.isInteger(pid) || pid === process.pid) return [];
    const args = readOf(pid, 'cmdline');
    if (!args.includes(word) && !readOf(pid, 'environ').includes(word)) return [];
    return [{ pid, name: readOf(pid, 'comm').trim(), args: args.split('\0').filter((arg) => arg !== '') }];
  });
}

/** `kill -9`; false when it was gone already. */
export function killHard(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

function readOf(pid: number, file: 'cmdline' | 'environ' | 'comm'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}
