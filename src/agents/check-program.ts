import { execFile } from 'node:child_process';
import { realpath, stat } from 'node:fs/promises';
import type { AgentCheck } from '../ports/agent.ts';
import type { FoundProgram } from '../process/find-program.ts';
import { oneLine } from './text.ts';

const VERSION_TIMEOUT_MS = 10_000;

/** What an adapter knows of its program for the check of it. */
export interface ProgramFacts {
  /** For a person: `Claude Code`. */
  readonly program: string;
  /** The setting that names the program, when one was used: a path that names nothing is then its fault. */
  readonly namedBy: string | null;
  /** How to get it, in one sentence. */
  readonly install: string;
  /** How to log in, in one sentence. */
  readonly logIn: string;
  /** Versions that were tried with the adapter; the readme of the adapter names them too. */
  readonly tried: readonly string[];
  readonly versionArgs: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Null where it cannot be told without a model call. Never rejects. */
  readonly isLoggedIn: () => Promise<boolean | null>;
}

/** Whether a program can be used here, by its version and the place of its login; no model call. Never rejects. */
export async function checkProgram(found: FoundProgram, facts: ProgramFacts): Promise<AgentCheck> {
  const { program, namedBy, install, logIn, tried } = facts;
  const unknown = { available: false, version: null, versionTried: null, loggedIn: null } as const;
  if (found.path === null) {
    const problem =
      namedBy === null ? `${program} is not installed.` : `${namedBy} names no program: ${found.problem}.`;
    return { ...unknown, problem, nextStep: install };
  }
  const [answer, loggedIn] = await Promise.all([versionOf(found.path, facts), facts.isLoggedIn()]);
  if ('problem' in answer) {
    return { ...unknown, loggedIn, problem: `${program} does not start: ${answer.problem}`, nextStep: install };
  }
  const { version } = answer;
  const known = { version, versionTried: tried.includes(version), loggedIn };
  if (loggedIn === false) {
    return { ...known, available: false, problem: `${program} is not logged in.`, nextStep: logIn };
  }
  return { ...known, available: true, problem: null, nextStep: null };
}

type VersionAnswer = { readonly version: string } | { readonly problem: string };

/**
 * Versions by the file that told them: some programs take seconds to say theirs, and a file that has not changed says
 * the same again.
 */
const known = new Map<string, { readonly stamp: string; readonly answer: Promise<VersionAnswer> }>();

async function versionOf(file: string, facts: ProgramFacts): Promise<VersionAnswer> {
  const stamp = await stampOf(file);
  const before = known.get(file);
  if (stamp !== null && before?.stamp === stamp) return await before.answer;
  const answer = askVersion(file, facts);
  if (stamp !== null) known.set(file, { stamp, answer });
  // What did not work once may work now.
  if ('problem' in (await answer)) known.delete(file);
  return await answer;
}

/** Changes with the file behind a link too. */
async function stampOf(file: string): Promise<string | null> {
  try {
    const [path, { mtimeMs, size, ino }] = await Promise.all([realpath(file), stat(file)]);
    return [path, mtimeMs, size, ino].join(' ');
  } catch {
    return null;
  }
}

function askVersion(file: string, { versionArgs, environment }: ProgramFacts): Promise<VersionAnswer> {
  return new Promise((resolve) => {
    const child = execFile(
      file,
      [...versionArgs],
      { env: environment, timeout: VERSION_TIMEOUT_MS, killSignal: 'SIGKILL', maxBuffer: 64 * 1024 },
      (error, stdout, stderr) => {
        const version = /\d+\.\d+\.\d+[\w.+-]*/.exec(stdout)?.[0];
        if (error === null && version !== undefined) resolve({ version });
        else if (error?.killed === true) resolve({ problem: `"${versionArgs.join(' ')}" got no answer in time.` });
        else resolve({ problem: oneLine(stderr || (error?.message ?? 'it names no version.'), 200) });
      },
    );
    child.stdin?.end();
  });
}
