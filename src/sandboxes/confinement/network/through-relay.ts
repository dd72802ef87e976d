import { extname, join } from 'node:path';
import { installRoots } from '../../../process/install-roots.ts';
import type { Target } from './allow-list.ts';
import { textOf } from './allow-list.ts';
import type { NetworkProxy } from './proxy.ts';

const RELAY = join(import.meta.dirname, `relay${extname(import.meta.filename)}`);
/** Tells Node that the relay is an ES module. */
const MANIFEST = join(import.meta.dirname, '../../../../package.json');
const USUAL_PORT = 3128;

/** A command that reaches the proxy from within a sandbox without a network, and what must be readable for it. */
export function throughRelay(input: {
  readonly command: readonly string[];
  readonly proxy: NetworkProxy;
  /** What is to be found on the loopback inside as it is outside, such as a model server of the machine. */
  readonly forwarded: readonly Target[];
}): { readonly command: readonly string[]; readonly readable: readonly string[] } {
  const { command, proxy } = input;
  const forwards = [...new Map(input.forwarded.map((target) => [target.port, textOf(target)]))];
  const taken = new Set(forwards.map(([port]) => port));
  let port = USUAL_PORT;
  while (taken.has(port)) port += 1;
  const settings = {
    socket: proxy.socket,
    port,
    forwards: forwards.map(([forwarded, target]) => ({ port: forwarded, target })),
  };
  return {
    command: [process.execPath, RELAY, JSON.stringify(settings), ...command],
    readable: [...installRoots({ file: process.execPath, path: undefined }), RELAY, MANIFEST, proxy.directory],
  };
}
