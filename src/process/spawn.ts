import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import type { ProcessEnd, ProcessEndReason, ProcessSpec } from '../ports/process.ts';
import { errorCode, findProgram } from './find-program.ts';
import { startGate, WRAPPER_INFO_FD } from './gate.ts';
import type { GatedProcess } from './gate.ts';
import { diedOfMemory, memoryKills } from './out-of-memory.ts';
import { readBootId, readProcess } from './process-table.ts';
import { removeRecord, writeRecord } from './process-records.ts';
import { MARKER_VARIABLE } from './process-tree.ts';
import type { ProcessTree } from './process-tree.ts';
import { supervise } from './supervise.ts';

/** Where and how a program is started, apart from what its caller asks for. */
export interface Launch {
  readonly cwd: string;
  /** What is really started: the program itself (`spec.file` and its arguments), or a wrapper around it. */
  readonly command: {
    readonly file: string;
    readonly args: readonly string[];
    /** Null, or `WRAPPER_INFO_FD` for a wrapper that tells there what it has started. */
    readonly infoFd: number | null;
  };
  /** Where the record of the tree is kept while it lives, for `reapRecorded`; null keeps none. */
  readonly recordsDirectory: string | null;
  /** Stands in the record: the id of the work order. */
  readonly owner: string;
  /** How long a tree that was asked to end may take before it is killed; 1.5 s, so that a cancel stays below 3 s. */
  readonly graceMs?: number;
}

const GRACE_MS = 1500;

/**
 * Runs a program as `RunProcess` of the ports says. It becomes the leader of a session of its own and does not begin
 * before its record is on the disk. Adds `AWO_PROCESS_MARKER` to its environment; the shell of the gate may add PWD,
 * SHLVL and `_`. Call it from the main thread: with bubblewrap the tree dies with the thread that has started it.
 * When `onLine` throws, the tree is ended, the reason is `aborted` and `error` says what was thrown.
 */
export async function runProcessTree(spec: ProcessSpec, launch: Launch): Promise<ProcessEnd> {
  const startedMs = performance.now();
  const unstarted = (reason: ProcessEndReason, problem?: string): ProcessEnd => ({
    reason,
    exitCode: null,
    signal: null,
    durationMs: performance.now() - startedMs,
    stderrTail: '',
    survivors: [],
    error: problem === undefined ? null : `${spec.file} cannot be started: ${problem}.`,
  });
  if (spec.signal.aborted) return unstarted('aborted');
  const plan = planStart(spec, launch);
  if ('problem' in plan) return unstarted('not_started', plan.problem);

  const marker = randomBytes(16).toString('hex');
  const process = await startGate({
    file: plan.file,
    args: launch.command.args,
    cwd: launch.cwd,
    env: { ...spec.env, [MARKER_VARIABLE]: marker },
    infoFd: launch.command.infoFd,
    hasStdin: spec.stdin !== null,
  });
  if ('problem' in process) return unstarted('not_started', process.problem);
  const recorded = await recordTree(process, marker, launch);
  if ('problem' in recorded) return unstarted('not_started', recorded.problem);

  const before = await memoryKills();
  const end = await supervise({ spec, process, tree: recorded.tree, graceMs: launch.graceMs ?? GRACE_MS });
  const outOfMemory = diedOfMemory(end, { before, after: await memoryKills() });
  if (recorded.path !== null && end.survivors.length === 0) await removeRecord(recorded.path).catch(() => undefined);
  return { ...end, ...(outOfMemory === null ? {} : { outOfMemory }), durationMs: performance.now() - startedMs };
}

/** Finds out before the start what would show only as an exit code of the gate afterwards. */
function planStart(spec: ProcessSpec, launch: Launch): { readonly file: string } | { readonly problem: string } {
  const { command, cwd } = launch;
  const unfit = Object.keys(spec.env).find((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name));
  if (unfit !== undefined) return { problem: `"${unfit}" cannot be the name of an environment variable` };
  try {
    if (!statSync(cwd).isDirectory()) return { problem: `${cwd} is not a folder` };
  } catch (error) {
    return { problem: `the folder ${cwd} cannot be entered (${errorCode(error)})` };
  }
  if (command.infoFd !== null && command.infoFd !== WRAPPER_INFO_FD) {
    return { problem: `its wrapper must tell what it starts on descriptor ${WRAPPER_INFO_FD}` };
  }
  if (command.infoFd !== null && !isMainThread) return { problem: 'it would die with this worker thread' };
  for (const file of new Set([spec.file, command.file])) {
    const found = findProgram({ file, path: spec.env['PATH'], cwd });
    if (found.path === null) return found;
    if (file === command.file) return { file: found.path };
  }
  return { problem: 'no program is named' };
}

/** Puts the tree's record on the disk while its gate is closed; without a record the gate is taken down again. */
async function recordTree(
  process: GatedProcess,
  marker: string,
  launch: Launch,
): Promise<{ readonly tree: ProcessTree; readonly path: string | null } | { readonly problem: string }> {
  const { recordsDirectory, owner } = launch;
  try {
    const row = await readProcess(process.pid);
    if (row === null) throw new Error('it is not in the table of processes');
    const tree = { rootPid: process.pid, rootStartedAt: row.startedAt, marker };
    if (recordsDirectory === null) return { tree, path: null };
    const record = { pid: row.pid, start_time: row.startedAt, marker, owner, boot_id: await readBootId() };
    return { tree, path: await writeRecord(recordsDirectory, record) };
  } catch (error) {
    process.close();
    await process.exited;
    return { problem: `its record cannot be kept (${errorCode(error)})` };
  }
}
