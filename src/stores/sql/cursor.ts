import { WorkOrderError } from '../../domain/errors.ts';

export function cursorRefused(): WorkOrderError {
  const message = 'The cursor is not one that an earlier page returned.';
  return new WorkOrderError('invalid_request', message, { faults: [{ path: 'cursor', message }] });
}
