import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { WorkOrderEvent } from '../../src/domain/event.ts';
import type { AppDependencies } from '../../src/http/dependencies.ts';
import { createApp } from '../../src/http/app.ts';
import { listen } from '../../src/http/listen.ts';
import { startParts } from './support.ts';

const TOKEN = 'a-token-of-the-test';

async function startService(overrides: Partial<AppDependencies> = {}) {
  const parts = await startParts(overrides);
  const server = await listen(parts.app, { host: '127.0.0.1', port: 0 });
  return {
    ...parts,
    server,
    url: (id: string, query = '') => `${server.url.replace('http', 'ws')}/agent-work-orders/${id}/ws${query}`,
    async [Symbol.asyncDispose]() {
      await server.close();
      await parts[Symbol.asyncDispose]();
    },
  };
}

/** Reads until it is closed; `enough` may close it before. */
async function read(socket: WebSocket, enough: (events: readonly WorkOrderEvent[]) => boolean = () => false) {
  const events: WorkOrderEvent[] = [];
  socket.on('message', (data: Buffer) => {
    events.push(JSON.parse(String(data)));
    if (enough(events)) socket.terminate();
  });
  const [code] = await once(socket, 'close');
  return { events, seqs: events.map(({ seq }) => seq), code };
}

/** The answer to an upgrade that is refused. */
async function refusal(
  url: string,
  options: { readonly headers?: Record<string, string>; readonly origin?: string } = {},
) {
  const socket = new WebSocket(url, options);
  socket.on('error', () => undefined);
  const [, response] = await once(socket, 'unexpected-response');
  let body = '';
  for await (const chunk of response) body += String(chunk);
  return { status: response.statusCode, type: response.headers['content-type'], problem: JSON.parse(body) };
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('the WebSocket of a work order', () => {
  test('sends every event once, as the pages have them, while it happens, and is closed at the end', async () => {
    await using service = await startService();
    const id = await service.engine.create();
    const readers = upTo(5).map(() => read(new WebSocket(service.url(id))));
    await service.engine.runAll(id);
    const saved = await service.store.events({ workOrderId: id, after: 0, limit: 1000 });
    for (const { events, code } of await Promise.all(readers)) {
      expect(events).toEqual(saved);
      expect(code).toBe(1000);
    }
  });

  test('goes on after what the reader has, without a gap and without a repeat', async () => {
    await using service = await startService();
    const id = await service.engine.create();
    const seen: number[] = [];
    const client = (async () => {
      while (seen.at(-1) !== 17) {
        const socket = new WebSocket(service.url(id, `?after=${seen.at(-1) ?? 0}`));
        seen.push(...(await read(socket, (events) => events.length === 3)).seqs);
      }
    })();
    await service.engine.runAll(id);
    await client;
    expect(seen).toEqual(upTo(17));
    expect(await read(new WebSocket(service.url(id, '?after=15')))).toMatchObject({ seqs: [16, 17], code: 1000 });
    expect(await read(new WebSocket(service.url(id, '?after=17')))).toMatchObject({ seqs: [], code: 1000 });
  });

  test('streams a reopened work order on past its first end', async () => {
    await using service = await startService();
    const { engine } = service;
    const id = await engine.create();
    await engine.runAll(id);
    const change = { checkpoint: null, rewound: false, change: {}, feedback: null };
    await engine.tell(id, { type: 'reopen', from_step: 'create_pr', ...change });
    const reader = read(new WebSocket(service.url(id)));
    await engine.tell(id, { type: 'start' });
    await engine.runStep(id, 'create_pr');
    await engine.tell(id, { type: 'complete', outcome: 'branch_pushed' });
    expect((await reader).seqs).toEqual(upTo(22));
  });

  test('is closed with 1001 when the service ends', async () => {
    await using service = await startService();
    const id = await service.engine.create();
    const socket = new WebSocket(service.url(id));
    const reader = read(socket);
    await once(socket, 'message');
    await service.server.close();
    expect((await reader).code).toBe(1001);
  });

  test('takes no messages: not a word, and nothing large', async () => {
    await using service = await startService();
    const id = await service.engine.create();
    for (const [message, code] of [
      ['hello', 1008],
      ['x'.repeat(10_000), 1009],
    ] as const) {
      const socket = new WebSocket(service.url(id));
      const reader = read(socket);
      await once(socket, 'message');
      socket.send(message);
      expect((await reader).code).toBe(code);
    }
  });

  test('reads no further for a reader that takes nothing, and nobody waits for it', async () => {
    let reads = 0;
    await using service = await startService();
    const id = await service.engine.create('x'.repeat(90_000));
    const { store } = service;
    const counting = new Proxy(store, {
      get(target, name) {
        if (name === 'events') reads += 1;
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const text = 'y'.repeat(60_000);
    for (let n = 0; n < 400; n += 1) await service.engine.tell(id, { type: 'note', code: 'long', message: text });
    const server = await listen(createApp({ ...service.dependencies, store: counting }), {
      host: '127.0.0.1',
      port: 0,
    });
    const raw = connect(server.port, '127.0.0.1');
    raw.write(
      [
        `GET /agent-work-orders/${id}/ws HTTP/1.1`,
        `Host: 127.0.0.1:${server.port}`,
        'Upgrade: websocket',
        'Connection: Upgrade',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
        '\r\n',
      ].join('\r\n'),
    );
    await once(raw, 'readable');
    // Another reader has all 401 events while the first has not taken one page.
    const other = new WebSocket(`${server.url.replace('http', 'ws')}/agent-work-orders/${id}/ws`);
    const { seqs } = await read(other, (events) => events.length === 401);
    expect(seqs).toEqual(upTo(401));
    // The other one has needed nine pages or ten; the stuck one has its page, and what the sockets hold.
    expect(reads).toBeLessThan(16);
    raw.destroy();
    await server.close();
  });
});

describe('an upgrade that is refused', () => {
  test('is answered with a problem as every request: no such work order, a number that no event has', async () => {
    await using service = await startService();
    const id = await service.engine.create();
    expect(await refusal(service.url('wo-00000000'))).toMatchObject({
      status: 404,
      type: 'application/problem+json',
      problem: { code: 'work_order_not_found' },
    });
    for (const after of ['abc', '-1', '1.5', '99']) {
      expect(await refusal(service.url(id, `?after=${after}`))).toMatchObject({ status: 422 });
    }
    const elsewhere = service.url(id).replace('/ws', '/steps');
    expect(await new Promise((resolve) => new WebSocket(elsewhere).on('error', resolve))).toBeInstanceOf(Error);
  });

  test('for a page of another origin, another host name, and without the token', async () => {
    await using service = await startService({ apiToken: TOKEN, allowedHosts: ['127.0.0.1'] });
    const id = await service.engine.create();
    const headers = { authorization: `Bearer ${TOKEN}` };
    expect(await refusal(service.url(id))).toMatchObject({ status: 401, problem: { code: 'unauthorized' } });
    expect(await refusal(service.url(id), { headers, origin: 'https://evil.example' })).toMatchObject({ status: 403 });
    expect(await refusal(service.url(id), { headers: { ...headers, host: 'evil.example' } })).toMatchObject({
      status: 403,
      problem: { code: 'host_refused' },
    });
    const reader = read(new WebSocket(service.url(id), { headers }), (events) => events.length === 1);
    expect((await reader).seqs).toEqual([1]);
  });

  test('the route says 426 to who asks for no WebSocket', async () => {
    await using service = await startService();
    const id = await service.engine.create();
    const response = await fetch(service.url(id).replace('ws', 'http'));
    expect(response.status).toBe(426);
    expect(await response.json()).toMatchObject({ code: 'upgrade_required' });
  });
});
