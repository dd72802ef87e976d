import type { Mounts, Place } from './mounts.ts';

/** What loads programs on the usual systems, and where whole programs live apart from their user. */
const SYSTEM_FOLDERS = [
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/opt',
  // Stores in which a program and its libraries lie side by side under unguessable names, and the way into one.
  '/nix/store',
  '/gnu/store',
  '/run/current-system',
  '/home/linuxbrew/.linuxbrew',
];

/** Enough to load a program and to name the user; nothing that configures git. */
const LOADING = [
  '/etc/alternatives',
  '/etc/group',
  '/etc/ld.so.cache',
  '/etc/ld.so.conf',
  '/etc/ld.so.conf.d',
  '/etc/localtime',
  '/etc/nsswitch.conf',
  '/etc/passwd',
];

/**
 * What programs look up beside that: names of hosts, certificates, kinds of files. Not the whole of /etc/ssl and
 * /etc/pki, for private keys lie there, which root can read. Not what configures git, npm, pip or a shell for this
 * machine's people: tokens and commands stand in it.
 */
const LOOKING_UP = [
  '/etc/ca-certificates',
  '/etc/crypto-policies',
  '/etc/fonts',
  '/etc/gai.conf',
  '/etc/host.conf',
  '/etc/hosts',
  '/etc/mime.types',
  '/etc/os-release',
  '/etc/pki/ca-trust',
  '/etc/pki/tls/cert.pem',
  '/etc/pki/tls/certs',
  '/etc/pki/tls/openssl.cnf',
  '/etc/protocols',
  '/etc/resolv.conf',
  '/etc/services',
  '/etc/ssl/cert.pem',
  '/etc/ssl/certs',
  '/etc/ssl/openssl.cnf',
  '/etc/timezone',
];

/** Of the system: all that collecting sees of it. */
export const SYSTEM: readonly Place[] = [...SYSTEM_FOLDERS, ...LOADING].map(readable);
/** Of the system: what an agent sees besides. */
export const SYSTEM_OF_AGENTS: readonly Place[] = LOOKING_UP.map(readable);

export function readable(path: string): Place {
  return { path, access: 'read' };
}

export function writable(path: string): Place {
  return { path, access: 'write' };
}

/**
 * Options of bwrap before the command: an empty machine in which only `mounts` are seen, no capability, and a pid
 * namespace that the kernel ends with bwrap, which itself ends with the thread that has started it.
 */
export function profile(input: {
  readonly mounts: Mounts;
  readonly directory: string;
  /** What this machine allows of: a user namespace, and no further ones inside. */
  readonly userNamespace: readonly string[];
  /** False for no network but a loopback of its own. */
  readonly network: boolean;
}): readonly string[] {
  return [
    '--unshare-pid',
    '--die-with-parent',
    '--new-session',
    ...input.userNamespace,
    '--unshare-ipc',
    '--unshare-uts',
    ...(input.network ? [] : ['--unshare-net']),
    '--cap-drop',
    'ALL',
    ...input.mounts.args,
    '--remount-ro',
    '/',
    '--chdir',
    input.directory,
  ];
}
