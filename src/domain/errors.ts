import type { ErrorCode, ErrorDefinition } from './error-catalogue.ts';
import { ERROR_CATALOGUE } from './error-catalogue.ts';

/** One fault in a body or a configuration, named by its path. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

/** The one error class of the project: a stable code, one sentence with the particulars, and the next step. */
export class WorkOrderError extends Error {
  override readonly name = 'WorkOrderError';
  readonly code: ErrorCode;
  readonly faults: readonly Fault[];
  /** When trying again may help, as whoever refused has said; null where nobody has. */
  readonly retryAt: string | null;

  constructor(
    code: ErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly faults?: readonly Fault[]; readonly retryAt?: string | null } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.faults = options.faults ?? [];
    this.retryAt = options.retryAt ?? null;
  }

  get definition(): ErrorDefinition {
    return ERROR_CATALOGUE[this.code];
  }
}

export function hasCode(error: unknown, code: ErrorCode): error is WorkOrderError {
  return error instanceof WorkOrderError && error.code === code;
}
