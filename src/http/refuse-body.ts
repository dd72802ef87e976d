import type { z } from 'zod';
import { unavailableSandboxType } from '../contract/submitted-fields.ts';
import { WorkOrderError } from '../domain/errors.ts';
import { invalidRequest } from '../domain/invalid-request.ts';
import { faultsOf } from './problem.ts';

type Validation =
  | { readonly success: true }
  | { readonly success: false; readonly error: z.core.$ZodError; readonly target: string };

/**
 * The hook of a route whose body may name a sandbox type: one that others offer and this service does not is an error
 * of its own, when it is the only fault.
 */
export function refuseBody(sandboxTypeField: string): (result: Validation) => undefined {
  return (result) => {
    if (result.success) return undefined;
    const faults = faultsOf(result.error, result.target === 'json' ? 'body' : result.target);
    const [first] = faults;
    const isOnly = faults.length === 1 && first?.path === sandboxTypeField;
    if (first && isOnly && unavailableSandboxType(fieldOf(result, sandboxTypeField))) {
      throw new WorkOrderError('sandbox_type_unavailable', first.message, { faults });
    }
    throw invalidRequest(faults);
  };
}

/** The hook is given what was sent, whatever its declared type says. */
function fieldOf(result: object, name: string): unknown {
  const data: unknown = 'data' in result ? result.data : null;
  return typeof data === 'object' && data !== null ? Reflect.get(data, name) : null;
}
