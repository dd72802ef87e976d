import type { Fault } from '../domain/errors.ts';
import { WorkOrderError } from '../domain/errors.ts';
import { cleanLines, jsonLine, oneLine } from './text.ts';

/** An answer of the service that is an error; its code may be newer than this program. */
export class ServiceProblem extends Error {
  override readonly name = 'ServiceProblem';
  readonly status: number;
  readonly code: string;
  readonly nextStep: string | null;
  readonly faults: readonly Fault[];

  constructor(problem: {
    readonly status: number;
    readonly code: string;
    readonly detail: string;
    readonly nextStep: string | null;
    readonly faults: readonly Fault[];
  }) {
    super(problem.detail);
    this.status = problem.status;
    this.code = problem.code;
    this.nextStep = problem.nextStep;
    this.faults = problem.faults;
  }
}

/** An error in the words in which a person is told. */
interface ShownError {
  readonly code: string;
  readonly message: string;
  readonly faults: readonly Fault[];
  readonly nextStep: string | null;
}

/** The stable code of an error, whichever side of the wire it comes from; null for one that nobody foresaw. */
export function errorCodeOf(error: unknown): string | null {
  return error instanceof WorkOrderError || error instanceof ServiceProblem ? error.code : null;
}

/** Lines for standard error: what went wrong, each fault, what to do now. Harmless in a terminal. */
export function errorText(error: unknown): string {
  const { message, faults, nextStep } = shown(error);
  const [first = '', ...rest] = cleanLines(message);
  const lines = [`awo: ${first}`, ...rest];
  if (faults.length > 1 || !message.includes(faults[0]?.message ?? '')) {
    for (const fault of faults) lines.push(`  ${oneLine(`${fault.path} ${fault.message}`)}`);
  }
  if (nextStep) lines.push(`Next: ${oneLine(nextStep)}`);
  return `${lines.join('\n')}\n`;
}

/** The same for a program to read. */
export function errorJson(error: unknown): string {
  const { code, message, faults, nextStep } = shown(error);
  return `${jsonLine({ error: { code, message, next_step: nextStep, errors: faults } })}\n`;
}

function shown(error: unknown): ShownError {
  if (error instanceof ServiceProblem) return error;
  if (error instanceof WorkOrderError) {
    const { code, message, faults, definition } = error;
    return { code, message, faults, nextStep: definition.nextStep };
  }
  // A mistake of this program: its stack is what a report needs.
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    code: 'internal_error',
    message,
    faults: [],
    nextStep: 'This is a mistake in awo itself: please report it.',
  };
}
