import { hasCode } from './errors.ts';

/** Whether something was not done because there was no room: by our own code, or by the system's. */
export function isDiskFull(error: unknown): boolean {
  if (hasCode(error, 'disk_full')) return true;
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}
