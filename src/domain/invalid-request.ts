import type { Fault } from './errors.ts';
import { WorkOrderError } from './errors.ts';

/** One `invalid_request` for all faults; its message is the first. */
export function invalidRequest(faults: readonly Fault[]): WorkOrderError {
  const [first] = faults;
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : '';
  const message = first ? `${first.path}: ${first.message}${more}` : 'The request does not fit.';
  return new WorkOrderError('invalid_request', message, { faults });
}
