import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { Writable } from 'node:stream';
import { WorkOrderError } from '../domain/errors.ts';
import { gitCredential } from './git-credential.ts';
import type { ConfigEntry, GitIdentity } from './git-environment.ts';
import { gitEnvironment } from './git-environment.ts';
import { classifyGitFailure, gitWords } from './git-failure.ts';

/** How a command is really spawned: `Confinement.collect` as this file needs it. */
type WrapCommand = (command: { readonly file: string; readonly args: readonly string[] }) => {
  readonly file: string;
  readonly args: readonly string[];
};

export interface GitCommand {
  /** After `git`. The caller puts `--` before every URL and path and `--end-of-options` before every revision. */
  readonly args: readonly string[];
  /** The repository that it works on. Without one it runs where there is none, and can find none. */
  readonly gitDirectory?: string;
  readonly workTree?: string;
  /** The one repository elsewhere that it talks to; every other transport is forbidden. */
  readonly remote?: string;
  /** What the service is known by to `remote`; only this one process and its children can read it. */
  readonly token?: string | null;
  readonly config?: readonly ConfigEntry[];
  readonly env?: Readonly<Record<string, string>>;
  readonly identity?: GitIdentity;
  readonly stdin?: string | Uint8Array;
  readonly signal?: AbortSignal | undefined;
  /** Default: none for a command that stays here, 15 minutes for one that talks to a remote. */
  readonly timeoutMs?: number;
  /** More output than this ends the command; default 64 MiB. */
  readonly maxOutputBytes?: number;
  /** What too much output means: a failure (the default), or a result that is `cut`. */
  readonly onTooMuch?: 'fail' | 'cut';
  /** Exit codes that are an answer and not a failure; default: 0 only. */
  readonly acceptedExitCodes?: readonly number[];
  readonly wrap?: WrapCommand;
}

export interface GitResult {
  readonly exitCode: number;
  readonly stdout: Buffer;
  /** The last 32 KiB. */
  readonly stderr: string;
  /** True when `stdout` is only the beginning. */
  readonly cut: boolean;
}

const DEFAULT_MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
const MAX_STDERR_BYTES = 32 * 1024;
const NETWORK_TIMEOUT_MS = 15 * 60 * 1000;
/** Between TERM, on which git takes its lock files away, and KILL. */
const TERM_GRACE_MS = 2000;
/** How long a pipe that a stray grandchild holds is waited for after git itself has ended. */
const PIPE_GRACE_MS = 5000;

/**
 * Runs one git command of the service: hardened environment, no shell, its own process group that is ended as a whole.
 * Rejects with the code that git's words mean (`classifyGitFailure`; `git_failed` where they mean none) and these
 * words, bounded; with `cancelled` when `signal` aborts; with `git_failed` when git cannot be started.
 */
export async function git(command: GitCommand): Promise<GitResult> {
  const { args, remote, signal, acceptedExitCodes = [0], onTooMuch = 'fail' } = command;
  const name = `git ${args.find((arg) => !arg.startsWith('-')) ?? ''}`.trim();
  if (signal?.aborted) throw new WorkOrderError('cancelled', `${name} was cancelled.`);
  const end = await runToEnd(command);
  if (end.startError) throw new WorkOrderError('git_failed', `${name} could not be started: ${end.startError.message}`);
  if (end.why === 'aborted') throw new WorkOrderError('cancelled', `${name} was cancelled.`);
  if (end.why === 'timeout') {
    const where = remote === undefined ? '' : ` from ${remote}`;
    throw new WorkOrderError(
      remote === undefined ? 'git_failed' : 'forge_unavailable',
      `${name} had no answer${where} in ${Math.round(end.timeoutMs / 1000)} s.`,
    );
  }
  const cut = end.why === 'too_much';
  if (cut && onTooMuch === 'fail') throw new WorkOrderError('git_failed', `${name} printed too much.`);
  const result = { exitCode: end.exitCode ?? -1, stdout: end.stdout, stderr: end.stderr, cut };
  if (cut || acceptedExitCodes.includes(result.exitCode)) return result;
  const words = gitWords(end.stderr) || (end.signal ? `it was ended by ${end.signal}` : `exit code ${end.exitCode}`);
  throw new WorkOrderError(classifyGitFailure({ stderr: end.stderr, timedOut: false }), `${name} failed: ${words}`);
}

/** The same, for a command whose whole answer is one line. */
export async function gitLine(command: GitCommand): Promise<string> {
  const { stdout } = await git(command);
  return stdout.toString('utf8').trimEnd();
}

/** Parts that were printed with `-z`. */
export async function gitParts(command: GitCommand): Promise<readonly string[]> {
  const { stdout } = await git(command);
  return splitParts(stdout);
}

/**
 * The same for names that need not be UTF-8: each byte is a character (latin1), so that they can be given back to git
 * and to the file system unchanged.
 */
export async function gitByteParts(
  command: GitCommand,
): Promise<Pick<GitResult, 'stderr' | 'cut'> & { readonly parts: readonly string[] }> {
  const { stdout, stderr, cut } = await git(command);
  const parts = stdout.toString('latin1').split('\0');
  // After the last NUL there is nothing, or a name that was cut.
  parts.pop();
  return { parts, stderr, cut };
}

function splitParts(stdout: Buffer): readonly string[] {
  const parts = stdout.toString('utf8').split('\0');
  if (parts.at(-1) === '') parts.pop();
  return parts;
}

/** The version of the installed git, or null when there is none that runs. Never rejects. */
export async function gitVersion(): Promise<string | null> {
  try {
    const line = await gitLine({ args: ['version'], timeoutMs: 5000 });
    return /^git version (\S+)/.exec(line)?.[1] ?? null;
  } catch {
    return null;
  }
}

/** True for the full name of a commit, tree or blob. */
export function isObjectId(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}

type EndedWhy = 'exited' | 'aborted' | 'timeout' | 'too_much';

interface RawEnd {
  readonly why: EndedWhy;
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly timeoutMs: number;
  readonly startError: Error | null;
}

function commandLine({ args, gitDirectory, workTree, wrap }: GitCommand) {
  const where = [
    ...(gitDirectory === undefined ? [] : [`--git-dir=${gitDirectory}`]),
    ...(workTree === undefined ? [] : [`--work-tree=${workTree}`]),
  ];
  const plain = { file: 'git', args: [...where, ...args] };
  return wrap ? wrap(plain) : plain;
}

function runToEnd(command: GitCommand): Promise<RawEnd> {
  const { remote, identity, env, stdin, signal, workTree } = command;
  const maxOutputBytes = command.maxOutputBytes ?? DEFAULT_MAX_OUTPUT_BYTES;
  const timeoutMs = command.timeoutMs ?? (remote === undefined ? 0 : NETWORK_TIMEOUT_MS);
  const { file, args } = commandLine(command);
  const credential = remote && command.token ? gitCredential(remote, command.token) : null;
  const config = [...(command.config ?? []), ...(credential?.config ?? [])];
  return new Promise((resolve) => {
    const output: Buffer[] = [];
    let outputBytes = 0;
    let stderr = '';
    let why: EndedWhy = 'exited';
    const timers = new Set<NodeJS.Timeout>();
    const child = spawn(file, [...args], {
      cwd: workTree ?? '/',
      env: gitEnvironment({ remote, config, identity, extra: env, outside: process.env }),
      stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe', ...(credential ? (['pipe'] as const) : [])],
      detached: true,
    });
    const stop = (reason: EndedWhy) => {
      if (why !== 'exited') return;
      why = reason;
      endGroup(child, 'SIGTERM');
      timers.add(setTimeout(() => endGroup(child, 'SIGKILL'), TERM_GRACE_MS));
    };
    const onAbort = () => stop('aborted');
    const settle = (exitCode: number | null, exitSignal: NodeJS.Signals | null, startError: Error | null) => {
      for (const timer of timers) clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      // Whatever git has left running in its group; after a normal end there is nothing.
      if (why !== 'exited') endGroup(child, 'SIGKILL');
      resolve({ why, exitCode, signal: exitSignal, stdout: Buffer.concat(output), stderr, timeoutMs, startError });
    };
    signal?.addEventListener('abort', onAbort);
    if (timeoutMs > 0) timers.add(setTimeout(() => stop('timeout'), timeoutMs));
    child.stdout?.on('data', (chunk: Buffer) => {
      const room = Math.max(0, maxOutputBytes - outputBytes);
      if (room > 0) output.push(chunk.subarray(0, room));
      outputBytes += Math.min(chunk.length, room);
      if (chunk.length > room) stop('too_much');
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-MAX_STDERR_BYTES);
    });
    // A git that ends before it has read everything closes the pipe; its own words say why.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(stdin);
    if (credential) handOver(child, credential.pipe);
    child.on('error', (error) => settle(null, null, error));
    child.on('exit', () => {
      timers.add(
        setTimeout(() => {
          child.stdout?.destroy();
          child.stderr?.destroy();
        }, PIPE_GRACE_MS),
      );
    });
    child.on('close', (exitCode, exitSignal) => settle(exitCode, exitSignal, null));
  });
}

/** Writes to the pipe on descriptor 3, which git may leave unread. */
function handOver(child: ChildProcess, text: string): void {
  const pipe = child.stdio[3];
  if (!(pipe instanceof Writable)) return;
  pipe.on('error', () => undefined);
  pipe.end(text);
}

function endGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It has ended already.
  }
}
