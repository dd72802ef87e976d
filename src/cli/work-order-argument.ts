import type { Command } from 'commander';
import { WorkOrderError } from '../domain/errors.ts';
import { isWorkOrderId } from '../domain/ids.ts';
import type { WorkOrderId } from '../domain/ids.ts';

/** The id that a command was given, with or without its `wo-`. Throws `invalid_request` for what is no id. */
export function idOf(command: Command): WorkOrderId {
  const given = command.args[0] ?? '';
  for (const candidate of [given, `wo-${given}`]) if (isWorkOrderId(candidate)) return candidate;
  throw new WorkOrderError('invalid_request', `"${given}" is not an id of a work order, such as wo-4f7k2m9x.`);
}
