import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { join } from 'node:path';
import type { Configuration } from '../src/contract/configuration.ts';
import type { WorkOrderEvent } from '../src/domain/event.ts';
import type { Store } from '../src/ports/store.ts';
import { startService } from '../src/server.ts';
import { quietLog } from '../test/suites/quiet-log.ts';
import { aResult, aSavedWorkOrder } from '../test/suites/histories.ts';
import { sharedClockMs } from './measure.ts';

/*
 * The real service in a process of its own that ends steps when it is told to, and beside it the least that could do
 * the same: append, flush, and write to every open response. Argument: the configuration as JSON.
 */

export type StreamOrder = 'start_step' | 'end_step' | 'bare';
export type StreamAnswer =
  | { readonly kind: 'ready'; readonly url: string; readonly bareUrl: string }
  /** `begunMs` by the shared clock: the moment before the record went to the store. */
  | { readonly kind: 'begun'; readonly begunMs: number };

const configuration: Configuration = JSON.parse(process.argv[2] ?? '{}');
let store: Store | null = null;
const service = await startService(configuration, {
  log: quietLog,
  wrapStore: (opened) => {
    store = opened;
    return opened;
  },
});
// The listener above has run by now; the compiler cannot know.
const opened = store as Store | null;
if (!opened) throw new Error('the service has no store');
const saved = await aSavedWorkOrder(opened);
await saved.give({ type: 'start' });

const readers = new Set<ServerResponse>();
const bare = createServer((request, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(': open\n\n');
  readers.add(response);
  request.on('close', () => readers.delete(response));
});
await new Promise<void>((resolve) => bare.listen(0, '127.0.0.1', resolve));
const address = bare.address();
if (address === null || typeof address === 'string') throw new Error('no port');
const file = openSync(join(configuration.dataDirectory, 'bare.log'), 'a');
let bareId = 0;
let example: WorkOrderEvent | null = null;

process.on('message', (order: StreamOrder) => void carryOut(order));
process.once('disconnect', () => void stop());
tell({
  kind: 'ready',
  url: `${service.url}/agent-work-orders/${saved.workOrderId}/events`,
  bareUrl: `http://127.0.0.1:${address.port}/`,
});

async function carryOut(order: StreamOrder): Promise<void> {
  if (order === 'start_step') {
    await saved.give({ type: 'start_attempt', step: 'classify' });
    return;
  }
  const begunMs = sharedClockMs();
  if (order === 'end_step') {
    // A step that fails can be tried again and again, so that one work order gives as many ends as are wanted.
    const [event] = await saved.give({ type: 'finish_attempt', result: aResult('classify', { status: 'failed' }) });
    example = event ?? null;
  } else {
    bareId += 1;
    const data = JSON.stringify(example);
    writeSync(file, data);
    fdatasyncSync(file);
    for (const reader of readers) reader.write(`id: ${bareId}\ndata: ${data}\n\n`);
  }
  tell({ kind: 'begun', begunMs });
}

function tell(answer: StreamAnswer): void {
  process.send?.(answer);
}

async function stop(): Promise<void> {
  closeSync(file);
  bare.closeAllConnections();
  bare.close();
  await service.stop();
  process.exit();
}
