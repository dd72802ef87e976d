import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import { assert, describe, expect, test } from 'vitest';
import { createApiClient } from '../../src/cli/client.ts';
import type { ApiClient, Fetch } from '../../src/cli/client.ts';
import { ServiceProblem, errorCodeOf, errorText } from '../../src/cli/errors.ts';
import type { WorkOrderEvent } from '../../src/domain/event.ts';
import { isWorkOrderId } from '../../src/domain/ids.ts';
import { listen } from '../../src/http/listen.ts';
import { startParts } from '../http/support.ts';

const URL_OF_NOTHING = 'http://127.0.0.1';

async function parts(overrides: Parameters<typeof startParts>[0] = {}) {
  const started = await startParts(overrides);
  const fetch: Fetch = async (request) => started.app.fetch(request);
  return { ...started, fetch, client: clientOf({ fetch }) };
}

function clientOf(options: Partial<Parameters<typeof createApiClient>[0]> & { readonly fetch: Fetch }): ApiClient {
  return createApiClient({ url: URL_OF_NOTHING, apiToken: null, giveUpAfterMs: 20_000, ...options });
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.unreachable('it resolved'),
    (error: unknown) => error,
  );
}

describe('what the service says', () => {
  test('is read: health, a new work order, its facts, its steps, the list', async () => {
    await using service = await parts();
    const { client, engine } = service;
    expect((await client.health()).git).toEqual({ available: true, version: '2.39.5' });
    const request = { repository_url: 'https://example.test/shop.git', user_request: 'Add a dark mode' };
    const created = await client.create({ request, idempotencyKey: 'k1' });
    expect(await client.create({ request, idempotencyKey: 'k1' })).toEqual(created);
    const id = created.agent_work_order_id;
    assert(isWorkOrderId(id));
    expect(await client.workOrder(id)).toMatchObject({ agent_work_order_id: id, status: 'pending' });
    const first = await client.steps(id);
    expect(first?.steps.steps).toEqual([]);
    expect(await client.steps(id, first?.etag)).toBeNull();
    await engine.runAll(id);
    expect((await client.steps(id, first?.etag))?.steps.steps).toHaveLength(7);
  });

  test('in pages is put together, to the limit', async () => {
    await using service = await parts();
    for (let index = 0; index < 7; index += 1) await service.engine.create(`request ${index}`);
    let pages = 0;
    const client = clientOf({
      fetch: (request) => {
        pages += 1;
        // Smaller pages than the client asks for, as a newer service may give.
        return service.fetch(new Request(request.url.replace(/limit=\d+/, 'limit=3'), request));
      },
    });
    const whole = await client.list({ limit: 100 });
    expect(whole.workOrders.map((workOrder) => workOrder.user_request)).toEqual(
      [6, 5, 4, 3, 2, 1, 0].map((index) => `request ${index}`),
    );
    expect(whole.more).toBe(false);
    expect(pages).toBe(3);
    const some = await client.list({ limit: 4 });
    expect([some.workOrders.length, some.more]).toEqual([4, true]);
    const found = await client.list({ statuses: ['pending', 'running'], text: 'Request 3', limit: 4 });
    expect(found.workOrders.map((workOrder) => workOrder.user_request)).toEqual(['request 3']);
    expect((await client.list({ statuses: ['failed', 'running'], limit: 4 })).workOrders).toEqual([]);
  });

  test('as an error becomes one with its code, faults and next step', async () => {
    await using service = await parts();
    const missing = await rejection(service.client.workOrder('wo-nobody'));
    expect(errorCodeOf(missing)).toBe('work_order_not_found');
    expect(errorText(missing)).toMatch(/^awo: .*not found.*\nNext: List the work orders/);
    const request = { repository_url: '', user_request: ' ' };
    const wrong = await rejection(service.client.create({ request, idempotencyKey: 'k' }));
    assert(wrong instanceof ServiceProblem);
    expect(wrong.faults.map(({ path }) => path)).toEqual(expect.arrayContaining(['repository_url', 'user_request']));
  });

  test('needs the token where the service has one', async () => {
    await using service = await parts({ apiToken: 'secret' });
    expect(errorCodeOf(await rejection(service.client.list({ limit: 1 })))).toBe('unauthorized');
    const knowing = clientOf({ fetch: service.fetch, apiToken: 'secret' });
    expect((await knowing.list({ limit: 1 })).workOrders).toEqual([]);
  });

  test('a service that is not there, or is another one, is named', async () => {
    const nobody = clientOf({ url: 'http://127.0.0.1:1', fetch });
    expect(errorText(await rejection(nobody.health()))).toContain('http://127.0.0.1:1 does not answer');
    const other = clientOf({
      fetch: () => Promise.resolve(new Response('<html>', { status: 502 })),
    });
    expect(errorText(await rejection(other.health()))).toMatch(/answered 502 in a form that is not ours/);
  });
});

describe('the events of a work order', () => {
  test('are followed to the end, through the history and what comes', async () => {
    await using service = await parts();
    const { engine, client } = service;
    const id = await engine.create();
    await engine.tell(id, { type: 'start' });
    const events = client.followEvents(id, { after: 0 });
    const seen: WorkOrderEvent[] = [];
    for await (const event of events) {
      seen.push(event);
      if (event.type === 'work_order_started') await engine.runStep(id, 'classify', { status: 'failed' });
      if (event.type === 'attempt_finished') {
        await engine.tell(id, { type: 'fail', error_code: 'agent_idle', error_message: 'Nothing.' });
      }
    }
    expect(seen.map(({ seq }) => seq)).toEqual(seen.map((_, index) => index + 1));
    expect(seen.at(-1)?.type).toBe('work_order_failed');
    expect(await all(client.events(id, 0))).toEqual(seen);
    expect(await all(client.followEvents(id, { after: seen.length }))).toEqual([]);
  });

  test('each come once, however often the connection is cut', async () => {
    await using service = await parts();
    const { engine, store } = service;
    const id = await engine.create();
    await engine.runAll(id);
    const { length } = await store.events({ workOrderId: id, after: 0, limit: 1000 });
    let connections = 0;
    const changes: boolean[] = [];
    const client = clientOf({
      fetch: async (request) => {
        connections += 1;
        if (connections === 2) throw new Error('the network is down');
        const response = await service.fetch(request);
        return connections < 5 ? cutAfterEvents(response, 3) : response;
      },
    });
    const onConnection = (connected: boolean): void => void changes.push(connected);
    const seen = await all(client.followEvents(id, { after: 0, onConnection }));
    expect(seen.map(({ seq }) => seq)).toEqual(Array.from({ length }, (_, index) => index + 1));
    expect(changes.slice(0, 4)).toEqual([true, false, false, true]);
  });

  test('of a work order that does not exist are an error at once', async () => {
    await using service = await parts();
    const error = await rejection(all(service.client.followEvents('wo-nobody', { after: 0 })));
    expect(errorCodeOf(error)).toBe('work_order_not_found');
  });

  test('end quietly when they are no longer wanted', async () => {
    await using service = await parts();
    const id = await service.engine.create();
    const stop = new AbortController();
    for await (const event of service.client.followEvents(id, { after: 0, signal: stop.signal })) {
      expect(event.seq).toBe(1);
      stop.abort();
    }
  });

  test('end with an error when the service stays away', async () => {
    await using service = await parts();
    const id = await service.engine.create();
    const listening = await listen(service.app, { host: '127.0.0.1', port: 0 });
    const client = clientOf({ url: listening.url, fetch, giveUpAfterMs: 0 });
    const error = await rejection(
      (async () => {
        for await (const event of client.followEvents(id, { after: 0 })) {
          expect(event.seq).toBe(1);
          await listening.close();
        }
      })(),
    );
    expect(errorCodeOf(error)).toBe('service_unreachable');
  });

  test('with one left out are refused: a history is shown whole or not at all', async () => {
    const message = (seq: number): string =>
      `id: ${seq}\ndata: ${JSON.stringify({ agent_work_order_id: 'wo-a', seq, position: seq, type: 'x', occurred_at: '', data: {} })}\n\n`;
    const server = await serveText((response) => response.end(message(1) + message(3)));
    const client = clientOf({ url: server.url, fetch });
    const seen: number[] = [];
    const error = await rejection(
      (async () => {
        for await (const event of client.followEvents('wo-a', { after: 0 })) seen.push(event.seq);
      })(),
    );
    server.close();
    expect(seen).toEqual([1]);
    expect(String(error)).toContain('event 3 after event 1');
  });
});

test('the log is read by page and followed to the end, through a filter', async () => {
  await using service = await parts();
  const { engine, client } = service;
  const id = await engine.create();
  await engine.runAll(id);
  const page = await client.logPage(id, { offset: 2, limit: 2 });
  expect([page.log_entries.length, page.total]).toEqual([2, 7]);
  const followed = await all(client.followLog(id, { step: 'plan' }, { after: 0 }));
  expect(followed.map(({ message }) => message)).toEqual(['working on plan']);
});

/** The answer until so many events have passed; then the connection breaks, in the middle of a line. */
function cutAfterEvents(response: Response, events: number): Response {
  if (!response.body) return response;
  let left = events;
  const cut = new TransformStream<string, string>({
    transform(chunk, controller) {
      for (const frame of chunk.split(/(?<=\n\n)/)) {
        if (frame.startsWith('id:')) left -= 1;
        if (left < 0) {
          controller.enqueue(frame.slice(0, 12));
          controller.error(new Error('the connection was cut'));
          return;
        }
        controller.enqueue(frame);
      }
    },
  });
  const body = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(cut).pipeThrough(new TextEncoderStream());
  return new Response(body, { status: response.status, headers: response.headers });
}

async function serveText(answer: (response: ServerResponse) => void): Promise<{ url: string; close(): void }> {
  const server: Server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert(typeof address === 'object' && address);
  return {
    url: `http://127.0.0.1:${address.port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
