import { constants } from 'node:os';
import type { ErrorCode } from '../domain/error-catalogue.ts';
import type { AgentResult, AgentRun } from '../ports/agent.ts';
import type { ProcessEnd, TimeLimits } from '../ports/process.ts';
import { lastLine, oneLine } from './text.ts';

export interface Failure {
  readonly errorCode: ErrorCode;
  readonly errorMessage: string;
}

/** What ended the program from outside: a survivor, a cancel or a limit; null when it ended by itself. */
export function stoppedBy(
  end: ProcessEnd,
  { program, limits }: { readonly program: string; readonly limits: TimeLimits },
): Failure | null {
  if (end.survivors.length > 0) {
    return {
      errorCode: 'processes_survived',
      errorMessage: `Processes of ${program} are still alive: ${oneLine(end.survivors.join(', '), 200)}.`,
    };
  }
  switch (end.reason) {
    case 'not_started':
      return {
        errorCode: 'agent_missing',
        errorMessage: `${program} could not be started: ${reasonOf(end)}.`,
      };
    case 'aborted':
      // Its output could not be taken in: our mistake, not a wish to end it.
      if (end.error !== null) {
        return { errorCode: 'internal_error', errorMessage: `${program} had to be ended: ${reasonOf(end)}.` };
      }
      return { errorCode: 'cancelled', errorMessage: `${program} was ended on request.` };
    case 'no_first_activity':
      return {
        errorCode: 'agent_no_first_activity',
        errorMessage: `${program} said nothing in its first ${duration(limits.firstActivityMs)}.`,
      };
    case 'idle':
      return { errorCode: 'agent_idle', errorMessage: `${program} was silent for ${duration(limits.idleMs)}.` };
    case 'total':
      return {
        errorCode: 'agent_timeout',
        errorMessage: `${program} was not done after ${duration(limits.totalMs)}.`,
      };
    case 'exited':
    case 'finished':
      return null;
  }
}

/** Why a program that ended by itself did not end well; null when its exit code is 0. */
export function diedOf(end: ProcessEnd, { program }: { readonly program: string }): Failure | null {
  if (end.outOfMemory !== undefined) {
    const sign = oneLine(end.outOfMemory, 300);
    return { errorCode: 'agent_out_of_memory', errorMessage: `${program} ran out of memory: ${sign}.` };
  }
  const signal = end.signal ?? signalOfExitCode(end.exitCode);
  const said = lastLine(end.stderrTail);
  const because = said === null ? '' : `: ${oneLine(said, 300)}`;
  if (signal !== null)
    return { errorCode: 'agent_killed', errorMessage: `${program} was killed by ${signal}${because}` };
  if (end.exitCode === 0) return null;
  return {
    errorCode: 'agent_crashed',
    errorMessage: `${program} ended with exit code ${end.exitCode ?? 'unknown'}${because}`,
  };
}

/** What a run comes to whose program was not started. */
export function notRun(errorCode: ErrorCode, errorMessage: string): AgentResult & { readonly ok: false } {
  return { ok: false, errorCode, errorMessage, output: null, resetsAt: null, sessionId: null, usage: null };
}

/** What a run comes to whose program is not there. */
export function notStarted({ program, problem }: { readonly program: string; readonly problem: string }) {
  return notRun('agent_missing', `${program} cannot be started: ${problem}.`);
}

/** The limits of a run: what the configuration says, and the adapter's own where it says nothing. */
export function limitsOf(run: Pick<AgentRun, 'limits'>, defaults: TimeLimits): TimeLimits {
  return {
    firstActivityMs: run.limits.firstActivityMs ?? defaults.firstActivityMs,
    idleMs: run.limits.idleMs ?? defaults.idleMs,
    totalMs: run.limits.totalMs ?? defaults.totalMs,
  };
}

function reasonOf(end: ProcessEnd): string {
  return oneLine(end.error ?? 'no reason was given', 300).replace(/\.$/, '');
}

const DEADLY_SIGNALS = [
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGILL',
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGKILL',
  'SIGSEGV',
  'SIGPIPE',
  'SIGALRM',
  'SIGTERM',
] as const;

/** bubblewrap and shells say a signal as 128 and its number; so do programs that catch it first. */
function signalOfExitCode(exitCode: number | null): string | null {
  if (exitCode === null) return null;
  return DEADLY_SIGNALS.find((signal) => constants.signals[signal] === exitCode - 128) ?? null;
}

function duration(durationMs: number | null): string {
  if (durationMs === null) return 'moments';
  const seconds = durationMs / 1000;
  if (seconds >= 120 && seconds % 60 === 0) return `${seconds / 60} minutes`;
  return seconds === 1 ? '1 second' : `${seconds} seconds`;
}
