import type { IncomingMessage, Server } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { WebSocketServer } from 'ws';
import type { AcceptWebSocket, App } from './dependencies.ts';

/** Clients have nothing to say; what is larger closes the connection. */
const MAX_PAYLOAD_BYTES = 1024;

/**
 * Lets the app answer upgrades as it answers every other request, with the same checks and the same problems; a route that
 * takes one calls `acceptWebSocket`. Returns how to cut those that are left.
 */
export function serveUpgrades(server: Server, app: App, closing: AbortSignal): () => void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_PAYLOAD_BYTES, perMessageDeflate: false });
  server.on('upgrade', (incoming, socket, head) => {
    socket.on('error', () => socket.destroy());
    void answer(incoming, socket, head);
  });

  async function answer(incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    let accepted: ((webSocket: WebSocket) => void) | null = null;
    const acceptWebSocket: AcceptWebSocket = (use) => (accepted = use);
    const request = requestOf(incoming);
    if (request === null) {
      socket.destroy();
      return;
    }
    const response = await app.fetch(request, { closing, acceptWebSocket });
    if (accepted) sockets.handleUpgrade(incoming, socket, head, accepted);
    else await writeResponse(socket, response);
  }

  return () => {
    for (const socket of sockets.clients) socket.terminate();
  };
}

/** Null for a target that is no URL. */
function requestOf({ url, method, headers }: IncomingMessage): Request | null {
  const target = URL.parse(url ?? '/', `http://${headers.host ?? 'localhost'}`);
  if (!target) return null;
  const given = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value] as const],
  );
  return new Request(target, {
    method: method ?? 'GET',
    headers: new Headers(given.map(([name, value]) => [name, value])),
  });
}

/** An answer that is not an upgrade, on a connection that Node no longer speaks HTTP on. */
async function writeResponse(socket: Duplex, response: Response): Promise<void> {
  const body = Buffer.from(await response.arrayBuffer());
  const headers = [...response.headers, ['content-length', String(body.length)], ['connection', 'close']];
  const lines = [
    `HTTP/1.1 ${response.status} ${STATUS_CODES[response.status] ?? ''}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ];
  socket.end(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body]));
}
