import type { WorkOrderId } from '../domain/ids.ts';
import type { ProcessEnd, ProcessSpec } from '../ports/process.ts';
import type { Log } from '../ports/telemetry.ts';
import type { ConfinedAgent, Confinement } from './confinement/confinement.ts';
import type { SandboxFolders } from './folders.ts';

/** The part of `src/process` that sandboxes run agents with; see there for what it promises. */
export interface ProcessRunner {
  readonly runProcessTree: (
    spec: ProcessSpec,
    launch: {
      readonly cwd: string;
      readonly command: { readonly file: string; readonly args: readonly string[]; readonly infoFd: number | null };
      readonly recordsDirectory: string | null;
      readonly owner: string;
    },
  ) => Promise<ProcessEnd>;
  readonly reapRecorded: (input: {
    readonly recordsDirectory: string;
  }) => Promise<{ readonly reaped: number; readonly survivors: readonly string[] }>;
}

/** `Sandbox.runProcess`. Never rejects: what keeps a program from being shut in keeps it from being started. */
export async function runConfined(
  parts: {
    readonly folders: SandboxFolders;
    readonly confinement: Confinement;
    readonly processes: ProcessRunner;
    readonly log: Log;
  },
  input: {
    readonly spec: ProcessSpec;
    readonly workOrderId: WorkOrderId;
    /** Folders whose objects the working copy reads. */
    readonly borrowedFrom: readonly string[];
    readonly stateDirectory: string | null;
  },
): Promise<ProcessEnd> {
  const { folders, confinement, processes, log } = parts;
  const { spec, workOrderId, borrowedFrom, stateDirectory } = input;
  const { tree, home, temporary } = folders;
  let agent: ConfinedAgent;
  try {
    agent = await confinement.agent({
      file: spec.file,
      args: spec.args,
      env: spec.env,
      directory: tree,
      readable: [...borrowedFrom, ...(spec.needs?.readable ?? [])],
      writable: [tree, home, temporary, ...(stateDirectory === null ? [] : [stateDirectory])],
      hosts: spec.needs?.hosts ?? [],
      onNetworkRefused: (target) => {
        log.warn('network_refused', { agent_work_order_id: workOrderId, target });
        spec.onNetworkRefused?.(target);
      },
    });
  } catch (error) {
    return notStarted(`it cannot be confined: ${error instanceof Error ? error.message : String(error)}`);
  }
  try {
    return await processes.runProcessTree(spec, {
      cwd: tree,
      command: agent.command,
      recordsDirectory: folders.processes,
      owner: workOrderId,
    });
  } finally {
    await agent[Symbol.asyncDispose]();
  }
}

function notStarted(error: string): ProcessEnd {
  const nothing = { exitCode: null, signal: null, durationMs: 0, stderrTail: '', survivors: [] };
  return { reason: 'not_started', ...nothing, error };
}
