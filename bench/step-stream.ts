import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { makeWorkPlace } from '../test/suites/work-place.ts';
import type { Benchmark, Figure } from './measure.ts';
import { alternate, figure } from './measure.ts';
import type { StreamReaders } from './stream-readers.ts';
import { openReaders } from './stream-readers.ts';
import type { StreamAnswer, StreamOrder } from './stream-service.ts';

const PEER = 'append, fdatasync, then a bare response.write to each';

/** From the moment the end of a step goes to the store until a client of the event stream has it. */
export const stepStream: Benchmark = {
  name: 'step-stream',
  async run() {
    return [await withClients(1, 300), await withClients(100, 60)];
  },
};

async function withClients(clients: number, rounds: number): Promise<Figure> {
  using place = makeWorkPlace({ gated: false });
  const program = join(import.meta.dirname, 'stream-service.ts');
  const service = fork(program, [JSON.stringify(place.configuration())]);
  try {
    const ready = await answer(service);
    if (ready.kind !== 'ready') throw new Error('the service did not say that it is ready');
    using readers = await openReaders(ready.url, clients);
    using bareReaders = await openReaders(ready.bareUrl, clients);
    // The beginning of the history: created, started.
    await readers.next();
    await readers.next();

    const product: number[] = [];
    const bare: number[] = [];
    await alternate(rounds, [
      async () => {
        const shown = readers.next();
        service.send('start_step' satisfies StreamOrder);
        await shown;
        product.push(...(await delivered(service, 'end_step', readers)));
      },
      async () => void bare.push(...(await delivered(service, 'bare', bareReaders))),
    ]);
    return figure({
      name: `step end to ${clients === 1 ? '1 client' : `each of ${clients} clients`}`,
      unit: 'ms',
      product,
      peers: { [PEER]: bare },
    });
  } finally {
    if (service.connected) service.disconnect();
    if (service.exitCode === null) await once(service, 'exit');
  }
}

/** How long each reader had to wait for one record. */
async function delivered(
  service: ChildProcess,
  order: StreamOrder,
  readers: StreamReaders,
): Promise<readonly number[]> {
  const arrivals = readers.next();
  const begun = answer(service);
  service.send(order);
  const told = await begun;
  if (told.kind !== 'begun') throw new Error(`the service answered ${told.kind}`);
  return (await arrivals).map((atMs) => atMs - told.begunMs);
}

async function answer(service: ChildProcess): Promise<StreamAnswer> {
  const ended = new AbortController();
  const onExit = () => ended.abort(new Error('the service has ended'));
  service.once('exit', onExit);
  try {
    const [message] = (await once(service, 'message', { signal: ended.signal })) as [StreamAnswer];
    return message;
  } finally {
    service.off('exit', onExit);
  }
}
