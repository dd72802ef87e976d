import { existsSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { createServer, request } from 'node:http';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { createAllowList } from './allow-list.ts';
import { startProxy } from './proxy.ts';

/** A server on the loopback of this machine; returns its port. */
async function serve(answer: (...args: Parameters<RequestListener>) => void | Promise<void>): Promise<number> {
  const server = createServer((...args) => void answer(...args));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => server.close().closeAllConnections());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function proxyTo(allowed: readonly string[], addresses: Readonly<Record<string, string>> = {}) {
  const refused: string[] = [];
  const proxy = await startProxy({
    allowed: createAllowList(allowed),
    onRefused: (target) => refused.push(target),
    resolve: async (host) => {
      const address = addresses[host];
      if (address === undefined) throw Object.assign(new Error('unknown'), { code: 'ENOTFOUND' });
      return [{ address, family: 4 }];
    },
  });
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  return { proxy, refused };
}

/** A request in the form that a client sends to a proxy. */
async function ask(
  socketPath: string,
  url: string,
  { headers = {}, body = '' }: { headers?: Record<string, string>; body?: string } = {},
): Promise<{ readonly status: number | undefined; readonly body: string }> {
  const asked = request({ socketPath, path: url, method: body === '' ? 'GET' : 'POST', headers });
  asked.end(body);
  return await new Promise((resolve, reject) => {
    asked.once('error', reject);
    asked.once('response', (response) => {
      text(response).then((answer) => resolve({ status: response.statusCode, body: answer }), reject);
    });
  });
}

/** Asks for a tunnel; the status, and where it is one the open connection. */
async function tunnel(socketPath: string, target: string): Promise<{ status: number | undefined; socket: Socket }> {
  const asked = request({ socketPath, method: 'CONNECT', path: target });
  asked.end();
  return await new Promise((resolve, reject) => {
    asked.once('error', reject);
    asked.once('connect', (response, socket) => resolve({ status: response.statusCode, socket }));
  });
}

test('plain HTTP goes to what is allowed, with what is the connection alone left out', async () => {
  const port = await serve(async (incoming, response) => {
    const body = await text(incoming);
    response.writeHead(201, { 'set-cookie': ['a=1', 'b=2'] });
    response.end(JSON.stringify({ url: incoming.url, headers: incoming.headers, body }));
  });
  const { proxy, refused } = await proxyTo(['model.internal'], { 'model.internal': '127.0.0.1' });
  const answer = await ask(proxy.socket, `http://model.internal:${port}/path?query=1`, {
    headers: { 'proxy-authorization': 'secret', connection: 'x-hop', 'x-hop': '1', 'x-kept': '2' },
    body: 'the prompt',
  });
  expect(answer.status).toBe(201);
  const seen: { url: string; headers: Record<string, string>; body: string } = JSON.parse(answer.body);
  expect(seen).toMatchObject({ url: '/path?query=1', body: 'the prompt' });
  expect(seen.headers).toMatchObject({ host: `model.internal:${port}`, 'x-kept': '2' });
  expect(Object.keys(seen.headers)).not.toEqual(expect.arrayContaining(['x-hop']));
  expect(Object.keys(seen.headers)).not.toEqual(expect.arrayContaining(['proxy-authorization']));
  expect(refused).toEqual([]);
});

test('a tunnel goes to what is allowed, in both directions', async () => {
  const port = await serve((incoming, response) => void response.end(`you asked for ${incoming.url}`));
  const { proxy } = await proxyTo([`127.0.0.1:${port}`]);
  const { status, socket } = await tunnel(proxy.socket, `127.0.0.1:${port}`);
  expect(status).toBe(200);
  socket.write('GET /inside HTTP/1.0\r\n\r\n');
  expect(await text(socket)).toContain('you asked for /inside');
});

test('everything else is refused and told, by name and port', async () => {
  const { proxy, refused } = await proxyTo(['api.example.com:443'], { 'other.example.com': '93.184.216.34' });
  expect((await tunnel(proxy.socket, 'other.example.com:443')).status).toBe(403);
  expect((await tunnel(proxy.socket, 'api.example.com:22')).status).toBe(403);
  const answer = await ask(proxy.socket, 'http://other.example.com/');
  expect(answer.status).toBe(403);
  expect(answer.body).toContain('other.example.com:80 is not on the list of allowed hosts');
  await tunnel(proxy.socket, 'other.example.com:443');
  expect(refused).toEqual(['other.example.com:443', 'api.example.com:22', 'other.example.com:80']);
});

test('a name on the list that has been bound to an address of the machine is refused and told', async () => {
  let reached = 0;
  const port = await serve((_, response) => {
    reached += 1;
    response.end();
  });
  const { proxy, refused } = await proxyTo(['api.example.com'], { 'api.example.com': '127.0.0.1' });
  const answer = await ask(proxy.socket, `http://api.example.com:${port}/latest/meta-data`);
  expect(answer.status).toBe(403);
  expect(answer.body).toContain('has only private addresses: 127.0.0.1');
  expect((await tunnel(proxy.socket, `api.example.com:${port}`)).status).toBe(403);
  expect(refused).toEqual([`api.example.com:${port}`]);
  expect(reached).toBe(0);
});

test('what cannot be resolved or reached is told to the program, and is no refusal', async () => {
  const { proxy, refused } = await proxyTo(['gone.example.com', '127.0.0.1:1']);
  expect(await ask(proxy.socket, 'http://gone.example.com/')).toEqual({
    status: 502,
    body: 'gone.example.com cannot be resolved (ENOTFOUND).\n',
  });
  expect((await tunnel(proxy.socket, '127.0.0.1:1')).status).toBe(502);
  expect((await ask(proxy.socket, 'http://127.0.0.1:1/')).body).toContain('ECONNREFUSED');
  expect(refused).toEqual([]);
});

test('what is no request to a proxy is no way in', async () => {
  const { proxy } = await proxyTo(['example.com']);
  for (const url of ['/etc/passwd', 'file:///etc/passwd', 'https://example.com/']) {
    expect((await ask(proxy.socket, url)).status).toBe(400);
  }
  expect((await tunnel(proxy.socket, 'example.com')).status).toBe(400);
});

test('its end cuts what is open and leaves nothing', async () => {
  const port = await serve(() => undefined);
  const { proxy } = await proxyTo([`127.0.0.1:${port}`]);
  const { socket } = await tunnel(proxy.socket, `127.0.0.1:${port}`);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => undefined).resume();
  await proxy[Symbol.asyncDispose]();
  await closed;
  expect(existsSync(proxy.directory)).toBe(false);
  const again = connect(proxy.socket);
  await expect(new Promise((_, reject) => again.once('error', reject))).rejects.toThrow('ENOENT');
});
