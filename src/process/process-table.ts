import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { nextTurn } from './wait.ts';

/** One process of this machine at one moment. */
export interface ProcessRow {
  readonly pid: number;
  readonly parentPid: number;
  readonly groupId: number;
  /** Null where the system does not tell (macOS). */
  readonly sessionId: number | null;
  /**
   * When it started: clock ticks since boot (field 22 of /proc/PID/stat), or epoch seconds from ps. With the pid it
   * names one process of one boot, and it only grows, so what is older than a tree's root cannot belong to the tree.
   */
  readonly startedAt: number;
  /** False for a zombie: it runs no more, only its number is still taken. */
  readonly alive: boolean;
  readonly name: string;
}

const HAS_PROC = existsSync('/proc/self/stat');
/** How many are read before the event loop gets a turn: about 2 ms. */
const ROWS_A_TURN = 100;

export async function listProcesses(): Promise<readonly ProcessRow[]> {
  return HAS_PROC ? await listFromProc() : await listFromPs();
}

/** One process, or null when there is none with this number. */
export async function readProcess(pid: number): Promise<ProcessRow | null> {
  if (HAS_PROC) return readProc(pid);
  const rows = await listFromPs();
  return rows.find((row) => row.pid === pid) ?? null;
}

/**
 * Whether the environment that a process was started with holds `NAME=value`. `unknown` for an empty one: it was
 * cleared, or the process is just being replaced by another program. Always `no` where there is no /proc.
 */
export function environmentHolds(pid: number, entry: string): 'yes' | 'no' | 'unknown' {
  if (!HAS_PROC) return 'no';
  try {
    const environment = readFileSync(`/proc/${pid}/environ`);
    if (environment.length === 0) return 'unknown';
    return `\0${environment.toString('latin1')}`.includes(`\0${entry}\0`) ? 'yes' : 'no';
  } catch {
    return 'no';
  }
}

/** A name of the present run of the machine: pids of another one mean nothing. */
export async function readBootId(): Promise<string> {
  if (HAS_PROC) return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return (await output('sysctl', ['-n', 'kern.bootsessionuuid'])).trim();
}

async function listFromProc(): Promise<readonly ProcessRow[]> {
  const rows: ProcessRow[] = [];
  let read = 0;
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid)) continue;
    const row = readProc(pid);
    if (row !== null) rows.push(row);
    read += 1;
    if (read % ROWS_A_TURN === 0) await nextTurn();
  }
  return rows;
}

function readProc(pid: number): ProcessRow | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return null;
  }
  return parseStat(stat);
}

/** The name stands in parentheses and may hold anything, parentheses and line ends too. */
export function parseStat(stat: string): ProcessRow | null {
  const open = stat.indexOf('(');
  const close = stat.lastIndexOf(')');
  if (open === -1 || close === -1) return null;
  const fields = stat.slice(close + 2).split(' ');
  const row = {
    pid: Number(stat.slice(0, open)),
    parentPid: Number(fields[1]),
    groupId: Number(fields[2]),
    sessionId: Number(fields[3]),
    startedAt: Number(fields[19]),
  };
  if (Object.values(row).some((value) => !Number.isInteger(value))) return null;
  const state = fields[0] ?? '';
  return { ...row, alive: !['Z', 'X', 'x'].includes(state), name: stat.slice(open + 1, close) };
}

/** For systems without /proc. Exported for its test. */
export async function listFromPs(): Promise<readonly ProcessRow[]> {
  const text = await output('ps', ['-A', '-o', 'pid=,ppid=,pgid=,state=,lstart=,comm=']);
  return text.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+\w{3}\s+(\w{3}\s+\d+\s+[\d:]+\s+\d{4})\s+(.*)$/.exec(line);
    if (match === null) return [];
    const [, pid, parentPid, groupId, state, started, name] = match;
    return {
      pid: Number(pid),
      parentPid: Number(parentPid),
      groupId: Number(groupId),
      sessionId: null,
      startedAt: Date.parse(`${started ?? ''} UTC`) / 1000,
      alive: state?.startsWith('Z') !== true,
      name: name ?? '',
    };
  });
}

async function output(file: string, args: readonly string[]): Promise<string> {
  return await new Promise((resolve, reject) => {
    const env = { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C', TZ: 'UTC' };
    execFile(file, args, { env, maxBuffer: 16 * 1024 * 1024, timeout: 5000 }, (error, stdout) => {
      if (error === null) resolve(stdout);
      else reject(error);
    });
  });
}
