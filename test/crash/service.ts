import { argv } from 'node:process';
import { createInterface } from 'node:readline';
import type { Configuration } from '../../src/contract/configuration.ts';
import type { Store } from '../../src/ports/store.ts';
import type { ServiceOptions } from '../../src/server.ts';
import { startService } from '../../src/server.ts';
import { ManualClock } from '../suites/manual-clock.ts';
import { refusingStore, slowStore } from '../suites/refusing-store.ts';

/*
 * A real service in a process of its own that can be held open at one race point, for tests that kill it there.
 * Arguments: the configuration as JSON, the point as `name` or `name:step` (empty for none), and `disturbed` for one whose
 * clock and disk its input rules: `clock MS` puts the clock on or back, `disk full` and `disk free` say what they say, and
 * `store MS` lets each call of the store take so much longer, not what git and agents do.
 */
const WRITES: ReadonlySet<keyof Store> = new Set(['create', 'append', 'appendLog', 'claim']);

const [, , configurationText = '{}', held = '', disturbed = ''] = argv;
const configuration: Configuration = JSON.parse(configurationText);
const service = await startService(configuration, {
  reportPauseMs: 20,
  reach: async (point, step) => {
    if (held !== point && held !== `${point}:${step ?? ''}`) return;
    process.stdout.write(`held ${point} ${step ?? ''}\n`);
    // Nothing ever lets it go on: the test kills the process here.
    await new Promise(() => setInterval(() => undefined, 60_000));
  },
  ...(disturbed === 'disturbed' ? ruledByInput() : {}),
});
process.stdout.write(`ready ${service.url}\n`);

function ruledByInput(): Pick<ServiceOptions, 'clock' | 'wrapStore'> {
  const clock = new ManualClock();
  let full = false;
  let slowMs = 0;
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    const [what, value] = line.split(' ');
    if (what === 'clock') clock.advance(Number(value));
    if (what === 'disk') full = value === 'full';
    if (what === 'store') slowMs = Number(value);
  });
  // Whoever rules it is gone: nobody would end it.
  lines.on('close', () => process.exit(1));
  const refusing = (store: Store) => refusingStore(store, (method) => full && WRITES.has(method));
  return { clock, wrapStore: (store) => slowStore(refusing(store), () => slowMs) };
}
