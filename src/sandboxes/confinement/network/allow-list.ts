import { isIP } from 'node:net';
import { isLinkLocal, isPublic } from './addresses.ts';

/** Where a program wants to go. */
export interface Target {
  /** In lower case, without a dot at the end; an address in its one usual form, IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

export interface AllowList {
  allows(target: Target): boolean;
  /**
   * Whether an address that a name has resolved to may be gone to. A name on the list does not open what is private:
   * whoever answers for the name could point it at the metadata service of a cloud. That takes the address itself on
   * the list, or a name that can only be private (`localhost`, `ollama`, `git.internal`), given in full.
   */
  allowsAddress(target: Target, address: string): boolean;
  /** Targets on the loopback of the machine, which a program inside would look for on its own. */
  readonly onLoopback: readonly Target[];
}

interface Entry {
  readonly host: string;
  /** `*.example.com`: any name below the host, not the host. */
  readonly below: boolean;
  readonly port: number | null;
}

const PRIVATE_NAME = /^[^.]+$|\.(?:localhost|local|internal|intranet|lan|corp|home|home\.arpa)$/;

/** Of `host`, `host:port` and `*.example.com`; what is none of these allows nothing. Any port where none is named. */
export function createAllowList(texts: readonly string[]): AllowList {
  const entries = texts.map(parseEntry).filter((entry) => entry !== null);
  const hasExact = (host: string, port: number): boolean =>
    entries.some((entry) => !entry.below && entry.host === host && [null, port].includes(entry.port));
  return {
    allows: ({ host, port }) =>
      hasExact(host, port) ||
      entries.some((entry) => entry.below && host.endsWith(`.${entry.host}`) && [null, port].includes(entry.port)),
    allowsAddress({ host, port }, address) {
      if (isPublic(address) || hasExact(address, port)) return true;
      return PRIVATE_NAME.test(host) && hasExact(host, port) && !isLinkLocal(address);
    },
    onLoopback: entries.flatMap(({ host, below, port }) =>
      port !== null && !below && /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host) ? [{ host, port }] : [],
    ),
  };
}

/** Reads `host:port`, and `host` where there is a port to fall back on. Null for what is neither. */
export function parseTarget(text: string, defaultPort?: number): Target | null {
  const [, name = '', digits] = /^(\[[0-9A-Fa-f:.]+\]|[^\s:/?#@\\[\]]+)(?::(\d{1,5}))?$/.exec(text) ?? [];
  const port = digits === undefined ? defaultPort : Number(digits);
  // As browsers read it: 0x7f.1 and 2130706433 are 127.0.0.1, and no other name has two spellings.
  const host = URL.parse(`http://${name}/`)
    ?.hostname.replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
  if (!host || port === undefined || port < 1 || port > 65_535) return null;
  return { host, port };
}

export function textOf({ host, port }: Target): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

const NO_PORT = 1;

function parseEntry(text: string): Entry | null {
  const below = text.startsWith('*.');
  const target = parseTarget(below ? text.slice(2) : text, NO_PORT);
  if (target === null) return null;
  return { host: target.host, below, port: /:\d+$/.test(text.replace(/\[.*\]/, '')) ? target.port : null };
}
