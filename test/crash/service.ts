import { argv } from 'node:process';
import type { Configuration } from '../../src/contract/configuration.ts';
import { startService } from '../../src/server.ts';

/*
 * A real service in a process of its own that can be held open at one race point, for tests that kill it there.
 * Arguments: the configuration as JSON, and the point as `name` or `name:step` (empty for none).
 */
const [, , configurationText = '{}', held = ''] = argv;
const configuration: Configuration = JSON.parse(configurationText);
const service = await startService(configuration, {
  reportPauseMs: 20,
  reach: async (point, step) => {
    if (held !== point && held !== `${point}:${step ?? ''}`) return;
    process.stdout.write(`held ${point} ${step ?? ''}\n`);
    // Nothing ever lets it go on: the test kills the process here.
    await new Promise(() => setInterval(() => undefined, 60_000));
  },
});
process.stdout.write(`ready ${service.url}\n`);
