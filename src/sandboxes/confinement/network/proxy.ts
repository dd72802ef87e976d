import { lookup } from 'node:dns/promises';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, request as sendRequest } from 'node:http';
import type { LookupFunction } from 'node:net';
import { connect, isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { errorCode } from '../../../process/find-program.ts';
import type { AllowList, Target } from './allow-list.ts';
import { parseTarget, textOf } from './allow-list.ts';
import { createRefusals } from './refusals.ts';

/** A proxy for one run, on a unix socket that is alone in a folder. Disposing of it cuts what goes through it. */
export interface NetworkProxy extends AsyncDisposable {
  readonly directory: string;
  readonly socket: string;
}

/** Gives every address of a name; rejects where there is none. */
type Resolve = (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;

/** Far more than a program opens at once; one in a loop must not use up the service's descriptors. */
const MAX_CONNECTIONS = 256;
const CONNECT_MS = 30_000;

/** Of one connection, not of the message (RFC 9110, 7.6.1); what a proxy is told besides. */
const HOP_BY_HOP = ['connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade'];
const FOR_PROXIES = ['proxy-authenticate', 'proxy-authorization', 'proxy-connection'];

/**
 * Lets through what is on the list, by `CONNECT` and by plain HTTP, and answers 403 to the rest. Names are resolved
 * here, and the address that was looked at is the one that is connected to.
 */
export async function startProxy(input: {
  readonly allowed: AllowList;
  /** Told of each refused target, of the same one once a minute. */
  readonly onRefused: (target: string) => void;
  readonly resolve?: Resolve;
}): Promise<NetworkProxy> {
  const { allowed, resolve = (host) => lookup(host, { all: true }) } = input;
  const refusals = createRefusals(input.onRefused);
  const open = new Set<Duplex>();
  const keep = <Stream extends Duplex>(stream: Stream): Stream => {
    open.add(stream);
    stream.on('error', () => undefined);
    stream.once('close', () => open.delete(stream));
    return stream;
  };

  /** How to get to a target, or the status and words to answer with. */
  async function permit(target: Target | null): Promise<Way | Refusal> {
    if (target === null) return NO_PROXY_REQUEST;
    if (!allowed.allows(target)) return refuse(target, 'is not on the list of allowed hosts');
    const { host } = target;
    const found = isIP(host) ? [{ address: host, family: isIP(host) }] : await resolve(host).catch(errorCode);
    if (typeof found === 'string') return { status: 502, words: `${host} cannot be resolved (${found}).` };
    const fit = found.filter(({ address }) => allowed.allowsAddress(target, address));
    if (fit.length === 0)
      return refuse(target, `has only private addresses: ${found.map((each) => each.address).join(', ')}`);
    return { host, port: target.port, lookup: lookupOf(fit) };
  }

  function refuse(target: Target, why: string): Refusal {
    const name = textOf(target);
    refusals.tell(name);
    return { status: 403, words: `${name} ${why} (allowedHosts, AWO_ALLOWED_HOSTS).` };
  }

  const server = createServer((request, response) => {
    void forward(request, response);
  });
  server.maxConnections = MAX_CONNECTIONS;
  // Models think for longer than any time-out of a server's.
  server.requestTimeout = 0;
  server.on('connection', keep);
  server.on('connect', (request: IncomingMessage, client: Duplex, head: Buffer) => {
    void tunnel(request, client, head);
  });

  async function tunnel(request: IncomingMessage, client: Duplex, head: Buffer): Promise<void> {
    const way = await permit(parseTarget(request.url ?? ''));
    if ('status' in way) {
      client.end(answer(way));
      return;
    }
    if (client.destroyed) return;
    const upstream = keep(connect({ ...way, timeout: CONNECT_MS }));
    const fail = (reason: string): void => {
      client.end(answer({ status: 502, words: `${textOf(way)} cannot be reached (${reason}).` }));
      upstream.destroy();
    };
    const onError = (error: Error): void => {
      fail(errorCode(error));
    };
    upstream.once('error', onError);
    upstream.once('timeout', () => {
      fail('ETIMEDOUT');
    });
    upstream.once('connect', () => {
      upstream.off('error', onError);
      upstream.setTimeout(0);
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.write(head);
      client.pipe(upstream).pipe(client);
    });
    client.once('close', () => upstream.destroy());
    // A good end has come through the pipe, and what was written before it is still on its way.
    upstream.once('close', (hadError) => {
      if (hadError) client.destroy();
    });
  }

  async function forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = URL.parse(request.url ?? '');
    const way = await permit(url?.protocol === 'http:' ? parseTarget(url.host, 80) : null);
    if (url === null || 'status' in way) {
      const { status, words } = 'status' in way ? way : NO_PROXY_REQUEST;
      response.writeHead(status, { 'content-type': 'text/plain' }).end(`${words}\n`);
      return;
    }
    const outgoing = sendRequest({
      ...way,
      method: request.method,
      path: `${url.pathname}${url.search}`,
      headers: { ...withoutHops(request), host: url.host },
      agent: false,
    });
    outgoing.on('socket', keep);
    outgoing.once('response', (incoming) => {
      response.writeHead(incoming.statusCode ?? 502, withoutHops(incoming));
      incoming.pipe(response);
      incoming.once('error', () => response.destroy());
    });
    outgoing.once('error', (error) => {
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end(`${textOf(way)} cannot be reached (${errorCode(error)}).\n`);
    });
    response.once('close', () => outgoing.destroy());
    request.pipe(outgoing);
  }

  // For this user alone, and in a path short enough for a unix socket.
  const directory = await mkdtemp(join(tmpdir(), 'awo-network-'));
  const socket = join(directory, 'proxy');
  const release = async (): Promise<void> => {
    server.close();
    for (const stream of open) stream.destroy();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await new Promise<void>((listening, failed) => {
      server.once('error', failed);
      server.listen(socket, listening);
    });
  } catch (error) {
    await release();
    throw error;
  }
  return { directory, socket, [Symbol.asyncDispose]: release };
}

/** What is connected to, and the addresses that its name is allowed to mean. */
interface Way extends Target {
  readonly lookup: LookupFunction;
}

interface Refusal {
  readonly status: number;
  readonly words: string;
}

const NO_PROXY_REQUEST: Refusal = { status: 400, words: 'This is no request to a proxy.' };

function answer({ status, words }: Refusal): string {
  const body = `${words}\n`;
  const head = [`HTTP/1.1 ${status} ${status === 403 ? 'Forbidden' : 'Not connected'}`, 'Content-Type: text/plain'];
  return [...head, `Content-Length: ${Buffer.byteLength(body)}`, 'Connection: close', '', body].join('\r\n');
}

function lookupOf(found: readonly { readonly address: string; readonly family: number }[]): LookupFunction {
  return (_host, options, done) => {
    if (options.all === true) done(null, [...found]);
    else done(null, found[0]?.address ?? '', found[0]?.family);
  };
}

function withoutHops(message: IncomingMessage): Record<string, string[]> {
  const named = (message.headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  const dropped = new Set([...HOP_BY_HOP, ...FOR_PROXIES, ...named]);
  const headers: Record<string, string[]> = {};
  for (const [name, values] of Object.entries(message.headersDistinct)) {
    if (values !== undefined && !dropped.has(name)) headers[name] = values;
  }
  return headers;
}
