import { Agent, get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { sharedClockMs } from './measure.ts';

/** Some readers of one event stream. */
export interface StreamReaders extends Disposable {
  /** Resolves when every reader has the next message, with the moments it came, by the shared clock. */
  next(): Promise<readonly number[]>;
}

/** Opens the streams and waits until each has answered. */
export async function openReaders(url: string, count: number): Promise<StreamReaders> {
  const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY });
  const arrivals: number[] = [];
  let waiting: PromiseWithResolvers<readonly number[]> | null = null;
  const deliver = () => {
    if (waiting === null || arrivals.length < count) return;
    const { resolve } = waiting;
    waiting = null;
    resolve(arrivals.splice(0, count));
  };
  const responses = await Promise.all(
    Array.from({ length: count }, async () => {
      const response = await openOne(url, agent);
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        const atMs = sharedClockMs();
        text += chunk;
        const frames = text.split('\n\n');
        text = frames.pop() ?? '';
        for (const frame of frames) if (frame.startsWith('id: ')) arrivals.push(atMs);
        deliver();
      });
      return response;
    }),
  );
  return {
    next() {
      waiting ??= Promise.withResolvers();
      const { promise } = waiting;
      deliver();
      return promise;
    },
    [Symbol.dispose]() {
      for (const response of responses) response.destroy();
      agent.destroy();
    },
  };
}

function openOne(url: string, agent: Agent): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers: { accept: 'text/event-stream' } }, (response) => {
      if (response.statusCode === 200) resolve(response);
      else reject(new Error(`${url} answered ${response.statusCode}`));
    }).on('error', reject);
  });
}
