import { startModelServer } from '../test/model-server/server.ts';

/*
 * The scripted model in a process of its own, so that its work is not that of the process that measures. Tells its base
 * URL to its parent, and ends with it.
 */

const server = await startModelServer();
process.once('disconnect', () => process.exit());
process.send?.(server.url('work-order'));
