import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';

/** What the kernel says of a process, in MiB. */
export interface ProcessMemory {
  readonly residentMib: number;
  /** The most it ever was since `forgetPeak`. */
  readonly peakMib: number;
}

/** Whether this system tells it at all: Linux does. */
export const canReadMemory = existsSync('/proc/self/status');

export function readMemory(pid: number): ProcessMemory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return { residentMib: kibibytes(status, 'VmRSS') / 1024, peakMib: kibibytes(status, 'VmHWM') / 1024 };
}

/** Lets the kernel's peak of a process begin anew with what it is now. */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

function kibibytes(status: string, name: string): number {
  const value = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
  if (value === undefined) throw new Error(`no ${name} in the status of the process`);
  return Number(value);
}

/** The highest peak among all processes below this one but for the named children, in MiB; 0 when there are none. */
export function peakOfDescendants(pid: number, except: readonly number[] = []): number {
  const children = childrenOf(pid).filter((child) => !except.includes(child));
  return Math.max(0, ...children.map((child) => Math.max(peakOf(child), peakOfDescendants(child))));
}

function peakOf(pid: number): number {
  try {
    return readMemory(pid).peakMib;
  } catch {
    // It has just ended.
    return 0;
  }
}

export function childrenOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}
