import type { Server } from 'node:http';
import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { WorkOrderError } from '../domain/errors.ts';
import type { App } from './dependencies.ts';
import { serveUpgrades } from './upgrade.ts';

/** How long open requests and stuck readers may hold up the end. */
const CLOSE_GRACE_MS = 700;

export interface Listening {
  /** With the port that was taken, and loopback where it listens on every address. */
  readonly url: string;
  readonly port: number;
  /** Ends every stream, lets requests finish, cuts what is left; takes less than a second. May be called twice. */
  close(): Promise<void>;
}

/**
 * Puts the app on a socket; port 0 takes a free one. Rejects with `configuration_invalid` when the address cannot be
 * used.
 */
export async function listen(app: App, { host, port }: { host: string; port: number }): Promise<Listening> {
  const closing = new AbortController();
  const listener = getRequestListener((request) => app.fetch(request, { closing: closing.signal }), {
    // The process is not only ours: its global Request and Response stay Node's own.
    overrideGlobalObjects: false,
  });
  const server = createServer(
    {
      // These limit how long a request may take to arrive. How long an answer may take is not limited: streams.
      headersTimeout: 15_000,
      requestTimeout: 60_000,
      keepAliveTimeout: 10_000,
    },
    (incoming, outgoing) => {
      // Node ends idle connections when it closes, but not one whose last answer ends later.
      outgoing.once('close', () => {
        if (closing.signal.aborted) setImmediate(() => server.closeIdleConnections());
      });
      void listener(incoming, outgoing);
    },
  );
  const cutUpgraded = serveUpgrades(server, app, closing.signal);
  await bind(server, host, port);
  const address = server.address();
  const boundPort = typeof address === 'object' && address !== null ? address.port : port;
  let closed: Promise<void> | null = null;
  return {
    url: `http://${urlHost(host)}:${boundPort}`,
    port: boundPort,
    close() {
      closing.abort();
      closed ??= closeServer(server, cutUpgraded);
      return closed;
    },
  };
}

function bind(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => reject(unusable(error, host, port));
    server.once('error', onError);
    server.listen({ host, port }, () => {
      server.off('error', onError);
      resolve();
    });
  });
}

function unusable(error: NodeJS.ErrnoException, host: string, port: number): WorkOrderError {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: 'another program listens there already; choose another --port, or 0 for a free one',
    EACCES: 'this user may not listen there; choose a --port above 1023',
    EADDRNOTAVAIL: 'this machine has no such address; choose another --host',
    ENOTFOUND: 'this name has no address; choose another --host',
  };
  const reason = reasons[error.code ?? ''] ?? error.message;
  return new WorkOrderError('configuration_invalid', `Cannot listen on ${urlHost(host)}:${port}: ${reason}.`, {
    cause: error,
    faults: [{ path: error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND' ? 'host' : 'port', message: reason }],
  });
}

function closeServer(server: Server, cutUpgraded: () => void): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => {
      server.closeAllConnections();
      cutUpgraded();
    }, CLOSE_GRACE_MS);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
  });
}

function urlHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
