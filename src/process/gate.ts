import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import type { ProcessInput, ProcessSpec } from '../ports/process.ts';
import { errorCode } from './find-program.ts';
import { readProcess } from './process-table.ts';
import type { NamespaceInit } from './process-tree.ts';

/** The descriptor on which a wrapper may tell the pid of what it runs: free in a child started through the gate. */
export const WRAPPER_INFO_FD = 4;

/**
 * Waits for a line on descriptor 3, then becomes the program, under the same pid. When the service dies before it has
 * written the line, the read meets the end of file and nothing is started. The program is never part of the script.
 */
const GATE_SCRIPT = 'read -r go <&3 || exit 125; exec 3<&-; exec "$@"';

/** A process that waits before its program: what must be on disk first can be written now. */
export interface GatedProcess {
  readonly pid: number;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves at the exit of the root; does not wait for its pipes. */
  readonly exited: Promise<{ readonly exitCode: number | null; readonly signal: string | null }>;
  /** The first process of the wrapper's pid namespace, or null when there is none or it is gone. Never rejects. */
  readonly init: Promise<NamespaceInit | null>;
  /** Lets the program begin and gives it its standard input. */
  release(stdin: ProcessSpec['stdin']): void;
  /** Lets go of everything that the service holds of it; a gate that is still closed then ends by itself. */
  close(): void;
}

/**
 * Starts the gate of a program as leader of a session of its own. Resolves with the reason when the system refuses.
 * The names of `env` must be names that a shell can pass on.
 */
export async function startGate(input: {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly infoFd: number | null;
  /** Whether there is anything to write; without, the standard input is empty from the start. */
  readonly hasStdin: boolean;
}): Promise<GatedProcess | { readonly problem: string }> {
  let child: ChildProcess;
  try {
    child = spawn('/bin/sh', ['-c', GATE_SCRIPT, 'gate', input.file, ...input.args], {
      cwd: input.cwd,
      env: input.env,
      detached: true,
      stdio: [
        input.hasStdin ? 'pipe' : 'ignore',
        'pipe',
        'pipe',
        'pipe',
        ...(input.infoFd === WRAPPER_INFO_FD ? (['pipe'] as const) : []),
      ],
    });
  } catch (error) {
    return { problem: `the system refuses to start it (${errorCode(error)})` };
  }
  const { pid, stdout, stderr } = child;
  if (pid === undefined || stdout === null || stderr === null) {
    const { promise, resolve } = Promise.withResolvers<string>();
    child.once('error', (error) => {
      resolve(errorCode(error));
    });
    return { problem: `the system refuses to start it (${await promise})` };
  }
  // After a start the only errors are those of a kill that came too late.
  child.on('error', () => undefined);
  const gate = child.stdio[3];
  const info = child.stdio[WRAPPER_INFO_FD];
  for (const stream of [child.stdin, gate, info]) stream?.on('error', () => undefined);
  const exited = Promise.withResolvers<{ exitCode: number | null; signal: string | null }>();
  child.once('exit', (exitCode, signal) => {
    exited.resolve({ exitCode, signal });
  });
  return {
    pid,
    stdout,
    stderr,
    exited: exited.promise,
    init: info instanceof Socket ? readInit(info, pid) : Promise.resolve(null),
    release(stdin) {
      if (gate instanceof Socket) gate.end('go\n');
      if (typeof stdin === 'function') stdin(inputOf(child.stdin));
      else child.stdin?.end(stdin ?? '');
    },
    close() {
      for (const stream of child.stdio) stream?.destroy();
      child.unref();
    },
  };
}

function inputOf(stdin: Writable | null): ProcessInput {
  return {
    write(text) {
      if (stdin?.writable === true) stdin.write(text);
    },
    end() {
      if (stdin?.writable === true) stdin.end();
    },
  };
}

async function readInit(info: Readable, wrapperPid: number): Promise<NamespaceInit | null> {
  let text = '';
  const { promise, resolve } = Promise.withResolvers<number | null>();
  info.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    const pid = /"child-pid":\s*(\d+)\s*[,}]/.exec(text)?.[1];
    if (pid !== undefined) resolve(Number(pid));
  });
  for (const end of ['end', 'close']) {
    info.on(end, () => {
      resolve(null);
    });
  }
  const pid = await promise;
  if (pid === null) return null;
  const row = await readProcess(pid);
  // Gone already, and its number perhaps somebody else's.
  if (row === null || (row.parentPid !== wrapperPid && row.alive)) return null;
  return { pid, startedAt: row.startedAt };
}
