import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';

const PROGRAM = resolve(import.meta.dirname, '../../src/cli/main.ts');

/** A folder that goes away with the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'awo-cli-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

/** The command line as a process of its own, in a home of its own. */
export class Awo {
  readonly process: ChildProcessWithoutNullStreams;
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
  private stdout = '';
  private stderr = '';

  constructor(args: readonly string[], home: string, environment: Readonly<Record<string, string>> = {}) {
    const env = { PATH: process.env['PATH'], HOME: home, LANG: 'C.UTF-8', TZ: 'UTC', ...environment };
    this.process = spawn(process.execPath, [PROGRAM, ...args], { env });
    const { stdout, stderr } = this.process;
    stdout.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    const closed = Promise.withResolvers<number | null>();
    this.process.on('close', closed.resolve);
    this.ended = closed.promise.then((code) => ({ code, stdout: this.stdout, stderr: this.stderr }));
    onTestFinished(() => void this.process.kill('SIGKILL'));
  }

  /** The first match in standard output, as soon as it is there; rejects when the program ends without it. */
  async shows(pattern: RegExp): Promise<RegExpExecArray> {
    const found = Promise.withResolvers<RegExpExecArray>();
    const look = (): void => {
      const match = pattern.exec(this.stdout);
      if (match) found.resolve(match);
    };
    this.process.stdout.on('data', look);
    look();
    const ended = this.ended.then(({ stdout, stderr }) => {
      throw new Error(`it ended without ${pattern}:\n${stdout}\n${stderr}`);
    });
    ended.catch(() => undefined);
    return await Promise.race([found.promise, ended]);
  }
}

/** Runs a command to its end. */
export function awo(args: readonly string[], home: string, environment: Readonly<Record<string, string>> = {}) {
  return new Awo(args, home, environment).ended;
}
