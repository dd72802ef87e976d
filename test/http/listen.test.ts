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

  test('leaves the global Request and Response as they are', async () => {
    const { Request: requestBefore, Response: responseBefore } = globalThis;
    await using parts = await startParts();
    const server = await listen(parts.app, { host: '127.0.0.1', port: 0 });
    expect(globalThis.Request).toBe(requestBefore);
    expect(globalThis.Response).toBe(responseBefore);
    await server.close();
  });
});
