/*
 * A program of its own, inside a sandbox without a network: brings connections to its loopback to the proxy outside,
 * and runs the real program as its child. `node relay.ts {"socket", "port", "forwards"} PROGRAM ARG…`
 *
 * It has nothing to say about what is allowed: who goes round it to the socket meets the same proxy.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { constants } from 'node:os';

const LOOPBACK = ['127.0.0.1', '::1'];
const PASSED_ON = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGCONT', 'SIGWINCH'] as const;

const [settings = '', file = '', ...args] = process.argv.slice(2);
const { socket, port, forwards }: Readonly<RelaySettings> = JSON.parse(settings);

interface RelaySettings {
  /** Of the proxy outside. */
  socket: string;
  /** Where the proxy is to be found inside. */
  port: number;
  /** Ports of the loopback outside that are to be found on the loopback inside, and what the proxy is asked for. */
  forwards: readonly { port: number; target: string }[];
}

function join(a: Socket, b: Socket): void {
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    from.pipe(to);
    from.on('error', () => to.destroy());
    from.on('close', () => to.destroySoon());
  }
}

function toProxy(client: Socket): void {
  join(client, connect(socket));
}

/** A connection through the proxy that looks like one to the target itself. */
function toTarget(target: string) {
  return (client: Socket): void => {
    const upstream = connect(socket);
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
    upstream.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
    let head = '';
    const read = (chunk: Buffer): void => {
      head += chunk.toString('latin1');
      const end = head.indexOf('\r\n\r\n');
      if (end === -1) return;
      upstream.off('data', read);
      if (!head.startsWith('HTTP/1.1 200 ')) {
        client.destroy();
        upstream.destroy();
        return;
      }
      const rest = Buffer.from(head.slice(end + 4), 'latin1');
      if (rest.length > 0) client.write(rest);
      join(client, upstream);
    };
    upstream.on('data', read);
    upstream.on('close', () => client.destroySoon());
  };
}

async function listen(host: string, at: number, onClient: (client: Socket) => void): Promise<void> {
  const server = createServer({ allowHalfOpen: true }, onClient);
  server.listen(at, host);
  await once(server, 'listening');
}

function quit(words: string): never {
  process.stderr.write(`${words}\n`);
  process.exit(125);
}

try {
  await listen('127.0.0.1', port, toProxy);
} catch (error) {
  quit(`The way to the network cannot be opened: ${String(error)}`);
}
for (const forward of forwards) {
  const tried = await Promise.allSettled(LOOPBACK.map((host) => listen(host, forward.port, toTarget(forward.target))));
  if (tried.every(({ status }) => status === 'rejected')) {
    process.stderr.write(`Port ${forward.port} of this machine cannot be brought into the sandbox.\n`);
  }
}

const proxy = `http://127.0.0.1:${port}`;
const env = { ...process.env };
for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY']) env[name] = env[name.toLowerCase()] = proxy;
env['NO_PROXY'] = env['no_proxy'] = 'localhost,127.0.0.1,::1';
// Node's own fetch takes no notice of the others without it.
env['NODE_USE_ENV_PROXY'] = '1';

// Before the start: a signal may come as soon as the program has said its first word.
for (const signal of PASSED_ON) {
  process.on(signal, () => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, signal);
    } catch {
      // It has just ended.
    }
  });
}
// A group of its own, so that a signal reaches it and its children once: from here.
const child = spawn(file, args, { stdio: 'inherit', env, detached: true });
child.on('error', (error) => quit(`${file} cannot be started: ${error.message}`));
child.on('exit', (exitCode, signal) => {
  // As a shell tells it, and bwrap itself.
  process.exit(exitCode ?? 128 + (signal === null ? 0 : constants.signals[signal]));
});
