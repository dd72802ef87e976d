import type { Log } from '../../src/ports/telemetry.ts';

/** For tests in which the service has every reason to complain. */
export const quietLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

function nothing(): void {
  // Nobody reads it.
}
