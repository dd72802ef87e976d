import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { StepsSchema } from '../../src/contract/steps.ts';
import type { WorkOrderId } from '../../src/domain/ids.ts';
import { STEP_NAMES } from '../../src/domain/workflow.ts';
import { createApp } from '../../src/http/app.ts';
import type { AppDependencies } from '../../src/http/dependencies.ts';
import { listen } from '../../src/http/listen.ts';
import type { Store } from '../../src/ports/store.ts';
import { collect, openStream, readSome, readToEnd } from './sse-client.ts';
import { startParts } from './support.ts';

async function startService(overrides: Partial<AppDependencies> = {}) {
  const parts = await startParts(overrides);
  const server = await listen(parts.app, { host: '127.0.0.1', port: 0 });
  return {
    ...parts,
    server,
    url: (id: string, path: string) => `${server.url}/agent-work-orders/${id}${path}`,
    async [Symbol.asyncDispose]() {
      await server.close();
      await parts[Symbol.asyncDispose]();
    },
  };
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const ALL = upTo(17);

/** A reopening that changes nothing. */
const AS_IT_WAS = { checkpoint: null, rewound: false, change: {}, feedback: null };

describe('ten streams and ten pollers on five growing work orders', () => {
  test('each sees consistent prefixes only, and every event exactly once', async () => {
    await using service = await startService();
    const ids = await Promise.all(upTo(5).map((n) => service.engine.create(`request ${n}`)));
    const streams = [...ids, ...ids].map((id) => readToEnd(service.url(id, '/events')));
    const pollers = [...ids, ...ids].map((id) => pollSteps(service.url(id, '/steps')));
    await Promise.all(ids.map((id) => service.engine.runAll(id)));

    for (const [index, received] of (await Promise.all(streams)).entries()) {
      const id = ids[index % ids.length]!;
      const saved = await service.store.events({ workOrderId: id, after: 0, limit: 1000 });
      expect(received.map(({ data }) => data)).toEqual(saved);
      expect(received.map((one) => one.id)).toEqual(ALL);
    }
    for (const lengths of await Promise.all(pollers)) expect(lengths.at(-1)).toBe(7);
  });

  /** Polls until the steps are all done; each answer must continue the one before. Returns the lengths seen. */
  async function pollSteps(url: string): Promise<readonly number[]> {
    const lengths: number[] = [];
    let before: readonly unknown[] = [];
    for (;;) {
      const view = StepsSchema.strict().parse(await (await fetch(url)).json());
      expect(view.steps.slice(0, before.length)).toEqual(before);
      expect(view.steps.map(({ step }) => step)).toEqual(STEP_NAMES.slice(0, view.steps.length));
      expect(view.steps_completed).toBe(view.steps.length);
      expect(view.current_step).toBe(STEP_NAMES[view.steps.length] ?? null);
      if (view.in_progress) expect(view.in_progress.step).toBe(view.current_step);
      before = view.steps;
      lengths.push(view.steps.length);
      if (view.current_step === null) return lengths;
    }
  }
});

describe('the stream of one work order', () => {
  test('a client that is cut again and again gets every event exactly once, then 204', async () => {
    await using service = await startService();
    const id = await service.engine.create();
    const url = service.url(id, '/events');
    const seen: number[] = [];
    const client = (async () => {
      while (seen.length < ALL.length) {
        const last = seen.at(-1);
        seen.push(
          ...(await readSome(url, 3, last === undefined ? {} : { 'last-event-id': String(last) })).map((one) => one.id),
        );
      }
    })();
    await service.engine.runAll(id);
    await client;
    expect(seen).toEqual(ALL);
    for (const last of ['17', '18']) {
      const over = await openStream(url, { 'last-event-id': last });
      expect([over.response.status, await over.response.text()]).toEqual([204, '']);
    }
    expect((await readToEnd(url, { 'last-event-id': '15' })).map((one) => one.id)).toEqual([16, 17]);
    expect((await readToEnd(`${url}?after=16`)).map((one) => one.id)).toEqual([17]);
  });

  test('a reopened work order streams on past its first end', async () => {
    await using service = await startService();
    const { engine } = service;
    const id = await engine.create();
    await engine.runAll(id);
    await engine.tell(id, { type: 'reopen', from_step: 'create_pr', ...AS_IT_WAS });
    const stream = readToEnd(service.url(id, '/events'));
    await engine.tell(id, { type: 'start' });
    await engine.runStep(id, 'create_pr');
    await engine.tell(id, { type: 'complete', outcome: 'branch_pushed' });
    const received = await stream;
    expect(received.map((one) => one.id)).toEqual(upTo(22));
    const resumed = await readToEnd(service.url(id, '/events'), { 'last-event-id': '17' });
    expect(resumed.map((one) => one.id)).toEqual([18, 19, 20, 21, 22]);
  });

  test('a note after the end is sent to who reads from the beginning; at the end it is over', async () => {
    await using service = await startService();
    const id = await service.engine.create();
    await service.engine.runAll(id);
    await service.engine.tell(id, { type: 'note', code: 'kept', message: 'the sandbox was kept' });
    expect((await readToEnd(service.url(id, '/events'))).at(-1)?.data.type).toBe('note');
    expect((await openStream(service.url(id, '/events'), { 'last-event-id': '17' })).response.status).toBe(204);
  });

  test.each(['abc', '-1', '1.5', '9999999999999999', '5'])('Last-Event-ID %s is 422', async (lastEventId) => {
    await using service = await startService();
    const id = await service.engine.create();
    const { response } = await openStream(service.url(id, '/events'), { 'last-event-id': lastEventId });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ code: 'invalid_request', errors: [{ path: 'last-event-id' }] });
  });

  test('headers and a first comment come before the first event', async () => {
    await using service = await startService();
    const stream = await openStream(`${service.server.url}/events`);
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream');
    expect(stream.response.headers.get('cache-control')).toContain('no-cache');
    const { value } = await stream.response.body!.getReader().read();
    expect(new TextDecoder().decode(value)).toMatch(/^:/);
    stream.cut();
  });

  test('a HEAD gets the headers only, and a reader of JSON gets JSON', async () => {
    await using service = await startService();
    const id = await service.engine.create();
    const url = service.url(id, '/events');
    const head = await fetch(url, { method: 'HEAD', headers: { accept: 'text/event-stream' } });
    expect([head.status, head.headers.get('content-type'), await head.text()]).toEqual([200, 'text/event-stream', '']);
    expect((await fetch(url, { headers: { accept: 'application/json' } })).headers.get('content-type')).toMatch(/json/);
    const refused = await fetch(`${service.server.url}/events`, { headers: { accept: 'application/json' } });
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({ code: 'invalid_request', errors: [{ path: 'accept' }] });
  });
});

describe('the other streams', () => {
  test('the log goes on where it was cut, keeps to its filter and ends with the work order', async () => {
    await using service = await startService();
    const { engine } = service;
    const id = await engine.create();
    const url = service.url(id, '/logs/stream');
    const whole = readToEnd(url);
    const errors = readToEnd(`${url}?level=error`);
    await engine.tell(id, { type: 'start' });
    for (const step of STEP_NAMES) {
      await engine.runStep(id, step);
      await engine.log(id, { level: 'error', step, message: `a fault in ${step}` });
    }
    await engine.tell(id, { type: 'complete', outcome: 'branch_pushed' });
    expect((await whole).map((one) => one.id)).toEqual(upTo(14));
    expect((await errors).map((one) => one.id)).toEqual([2, 4, 6, 8, 10, 12, 14]);
    expect((await readToEnd(`${url}?step=plan`, { 'last-event-id': '3' })).map((one) => one.id)).toEqual([4]);
    expect((await openStream(url, { 'last-event-id': '14' })).response.status).toBe(204);
    expect((await openStream(`${url}?step=plan`, { 'last-event-id': '4' })).response.status).toBe(204);
  });

  test('the stream over all work orders goes by position and does not end', async () => {
    await using service = await startService();
    const { engine } = service;
    const url = `${service.server.url}/events`;
    const ids = [await engine.create(), await engine.create()];
    await Promise.all(ids.map((id) => engine.runAll(id)));
    const before = await readSome(url, 34, { 'last-event-id': '0' });
    expect(before.map((one) => one.id)).toEqual(before.map((one) => one.id).toSorted((a, b) => a - b));
    for (const id of ids) {
      expect(before.filter(({ data }) => data['agent_work_order_id'] === id).map(({ data }) => data.seq)).toEqual(ALL);
    }
    const live = readSome(url, 1, { 'last-event-id': String(before.at(-1)!.id) });
    const third = await engine.create();
    expect((await live)[0]?.data).toMatchObject({ agent_work_order_id: third, type: 'work_order_created' });
  });

  test('the stream after "latest" has only what comes from its opening on', async () => {
    await using service = await startService();
    const { engine } = service;
    await engine.runAll(await engine.create());
    const stream = await openStream(`${service.server.url}/events?after=latest`);
    const id = await engine.create();
    const first = await stream.received().next();
    expect(first.value?.data).toMatchObject({ agent_work_order_id: id, seq: 1 });
    expect((await openStream(`${service.server.url}/events?after=newest`)).response.status).toBe(422);
  });

  test('the end of the service ends every stream without cutting it', async () => {
    await using service = await startService();
    const id = await service.engine.create();
    const streams = [service.url(id, '/events'), service.url(id, '/logs/stream'), `${service.server.url}/events`];
    const open = await Promise.all(streams.map((url) => openStream(url)));
    const ends = open.map((stream) => collect(stream.received()));
    await service.server.close();
    const received = await Promise.all(ends);
    expect(received.map((events) => events.length)).toEqual([1, 0, 1]);
  });

  test('a stream outlives a store that fails for a while', async () => {
    await using service = await startService();
    const { engine } = service;
    const id = await engine.create();
    let broken = false;
    const failing = intercepted(service.store, (...read) => {
      if (broken) throw new Error('the disk is away');
      return service.store.events(...read);
    });
    const app = createApp({ ...service.dependencies, store: failing });
    const server = await listen(app, { host: '127.0.0.1', port: 0 });
    const stream = readToEnd(`${server.url}/agent-work-orders/${id}/events`);
    await engine.tell(id, { type: 'start' });
    broken = true;
    await engine.runStep(id, 'classify');
    // The failure is known once it is logged, which happens within turns of the event loop.
    while (!service.logged.some(({ event }) => event === 'event_stream_stalled')) {
      await new Promise((resolve) => void setImmediate(resolve));
    }
    broken = false;
    await engine.tell(id, { type: 'fail', error_code: 'agent_crashed', error_message: 'It ended.' });
    expect((await stream).map((one) => one.id)).toEqual([1, 2, 3, 4, 5]);
    await server.close();
  });
});

describe('a reader that is stuck', () => {
  test('costs a page of memory and delays nobody', async () => {
    await using service = await startService();
    const { engine, store } = service;
    const id = await engine.create();
    await engine.tell(id, { type: 'start' });
    const message = 'x'.repeat(64 * 1024);
    await writeNotes(store, id, 1000, message);
    await engine.tell(id, { type: 'cancel', detail: 'enough' });

    let readForStuck = 0;
    const counting = intercepted(store, async (input) => {
      const events = await store.events(input);
      readForStuck += events.length;
      return events;
    });
    const stuckServer = await listen(createApp({ ...service.dependencies, store: counting }), {
      host: '127.0.0.1',
      port: 0,
    });
    const stuck = connect(stuckServer.port, '127.0.0.1');
    stuck.pause();
    await once(stuck, 'connect');
    stuck.write(`GET /agent-work-orders/${id}/events HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\n\r\n`);

    const others = await Promise.all(upTo(3).map(() => readToEnd(service.url(id, '/events'))));
    for (const received of others) expect(received).toHaveLength(1003);
    // The buffers of both sockets take some MB of the 64; the rest is not even read from the store.
    expect(readForStuck).toBeGreaterThan(0);
    expect(readForStuck).toBeLessThan(500);
    await stuckServer.close();
    stuck.destroy();
  });

  async function writeNotes(store: Store, id: WorkOrderId, count: number, message: string): Promise<void> {
    const note = { type: 'note', occurred_at: new Date().toISOString(), data: { code: 'long', message } } as const;
    for (let written = 0; written < count; written += 100) {
      const events = Array.from({ length: 100 }, () => note);
      await store.append({ workOrderId: id, expectedSeq: written + 2, epoch: null, events });
    }
  }
});

/** The real store with its reads of events seen on the way. */
function intercepted(store: Store, events: Store['events']): Store {
  return { ...store, events };
}
