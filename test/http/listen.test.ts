import { createServer } from 'node:net';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { listen } from '../../src/http/listen.ts';
import { startParts } from './support.ts';

describe('listen', () => {
  test('takes a free port for 0, answers there, and closes twice', async () => {
    await using parts = await startParts();
    const server = await listen(parts.app, { host: '127.0.0.1', port: 0 });
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
    await Promise.all([server.close(), server.close()]);
    await expect(fetch(`${server.url}/health`)).rejects.toThrow('fetch failed');
  });

  test('says who is to blame when the port is taken', async () => {
    await using parts = await startParts();
    const other = createServer().listen({ host: '127.0.0.1', port: 0 });
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    await expect(listen(parts.app, { host: '127.0.0.1', port })).rejects.toMatchObject({
      code: 'configuration_invalid',
      message: expect.stringMatching(/another program listens there/),
      faults: [{ path: 'port' }],
    });
    other.close();
  });

  test('takes a request without a body and one in chunks, and refuses one in chunks that is too long', async () => {
    await using parts = await startParts();
    const server = await listen(parts.app, { host: '127.0.0.1', port: 0 });
    const url = `${server.url}/agent-work-orders/${await parts.engine.create()}`;
    const send = (text: string) =>
      fetch(`${url}/prompt`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: new Blob([JSON.stringify({ prompt_text: text })]).stream(),
        duplex: 'half',
      });
    const queued = await send('Keep it short.');
    expect(queued.status).toBe(200);
    const { prompt_id } = (await queued.json()) as { readonly prompt_id: string };
    expect((await fetch(`${url}/prompts/${prompt_id}`, { method: 'DELETE' })).status).toBe(200);
    expect((await send('x'.repeat(2 ** 20))).status).toBe(413);
    await server.close();
  });

  test('leaves the global Request and Response as they are', async () => {
    const { Request: requestBefore, Response: responseBefore } = globalThis;
    await using parts = await startParts();
    const server = await listen(parts.app, { host: '127.0.0.1', port: 0 });
    expect(globalThis.Request).toBe(requestBefore);
    expect(globalThis.Response).toBe(responseBefore);
    await server.close();
  });
});
