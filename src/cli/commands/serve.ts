import type { Command } from 'commander';
import { WorkOrderError, hasCode } from '../../domain/errors.ts';
import type { Context } from '../context.ts';
import { EXIT, defineCommand } from '../context.ts';
import type { RunningService } from '../../server.ts';
import { loadServer } from '../server-module.ts';
import { connectToRunning } from '../service.ts';
import { count } from '../format.ts';
import { onSignals } from '../signals.ts';

export function defineServe(command: Command): void {
  defineCommand(command, {
    settings: ['port', 'host', 'agent', 'agentCommand', 'allowLocal', 'maxRunning'],
    without: ['url'],
    examples: [
      'awo serve',
      'awo serve --port 0 --allow-local ~/repositories',
      "awo serve --agent command --agent-command 'my-agent --quiet'",
      'AWO_API_TOKEN=$(openssl rand -hex 32) awo serve --host 0.0.0.0',
    ],
    run: serve,
  });
}

/**
 * Runs until it is told to stop. The first signal lets running attempts end, the second ends them (the next start tries
 * them again), the third does not even wait for that.
 */
async function serve(context: Context): Promise<number> {
  const drain = Promise.withResolvers<void>();
  const stop = Promise.withResolvers<void>();
  let signals = 0;
  const onSignal = (exitCode: number): void => {
    signals += 1;
    if (signals > 2) process.exit(exitCode);
    if (signals > 1) stop.resolve();
    drain.resolve();
  };
  const releaseSignals = onSignals({ interrupt: () => onSignal(EXIT.interrupted), terminate: onSignal });
  const service = await start(context);
  try {
    if (context.json) context.print({ url: service.url, port: service.port, pid: process.pid });
    else context.say(`Agent Work Orders ready at ${service.url} (pid ${process.pid})`);
    await Promise.race([drain.promise, service.drained]);
    if (service.running > 0) context.hint(waitText(service.running));
    await Promise.race([service.drain(), stop.promise]);
  } finally {
    await service.stop();
    releaseSignals();
  }
  return EXIT.ok;
}

function waitText(running: number): string {
  const attempts = count(running, 'running attempt');
  return `Waiting for ${attempts} to end. Once more (Ctrl-C) stops at once: what runs is tried again at the next start.`;
}

async function start({ configuration }: Context): Promise<RunningService> {
  const { startService } = await loadServer();
  try {
    return await startService(configuration, { logTo: 'stderr' });
  } catch (error) {
    if (!hasCode(error, 'data_folder_in_use')) throw error;
    const owner = await connectToRunning({ ...configuration, url: null }).catch(() => null);
    if (!owner?.url) throw error;
    const message = `The data folder ${configuration.dataDirectory} belongs to the service at ${owner.url}.`;
    throw new WorkOrderError('data_folder_in_use', message, { cause: error });
  }
}
