import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { EXIT, defineCommand } from '../context.ts';
import type { ApiClient } from '../client.ts';
import { connectToControl } from '../service.ts';
import { onSignals } from '../signals.ts';
import { idOf } from '../work-order-argument.ts';

export function defineCancel(command: Command): void {
  command.option('--no-wait', 'Do not wait until the agent has ended.');
  defineCommand(command, {
    examples: ['awo cancel wo-4f7k2m9x', 'awo cancel wo-4f7k2m9x --no-wait'],
    run: async (context, called) => {
      const id = idOf(called);
      const { client } = await connectToControl(context.configuration);
      return await cancel(context, { client, id, wait: called.opts()['wait'] !== false });
    },
  });
}

/** Exit code 0 when it is cancelled, or will be; 1 when it ended in another way first. */
async function cancel(
  context: Context,
  { client, id, wait }: { readonly client: ApiClient; readonly id: string; readonly wait: boolean },
): Promise<number> {
  await client.cancel(id);
  if (wait && !(await hasEnded(client, id))) return EXIT.interrupted;
  const workOrder = await client.workOrder(id);
  if (context.json) context.print(workOrder);
  else if (wait) context.say(`${id} ${workOrder.status}`);
  else context.say(`${id} will be cancelled: awo watch ${id}`);
  return !wait || workOrder.status === 'cancelled' ? EXIT.ok : EXIT.failed;
}

/** False when a signal stopped the waiting; the cancel goes on without it. */
async function hasEnded(client: ApiClient, id: string): Promise<boolean> {
  const stop = new AbortController();
  const end = (): void => stop.abort();
  const releaseSignals = onSignals({ interrupt: end, terminate: end });
  const events = client.followEvents(id, { after: 0, signal: stop.signal });
  // Only the end of the stream counts: it comes after the event that ended the work order.
  while (!(await events.next()).done);
  releaseSignals();
  return !stop.signal.aborted;
}
