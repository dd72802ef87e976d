import { existsSync, lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { findProgram } from '../../process/find-program.ts';
import { WRAPPER_INFO_FD } from '../../process/gate.ts';
import type { Confinement } from './confinement.ts';

/** What this machine lets bubblewrap do; found out by `detectConfinement`. */
export interface BubblewrapAbilities {
  /** The bwrap program by absolute path. */
  readonly file: string;
  readonly version: string;
  /** Options of `collect` that not every machine allows: a user namespace, and no further ones inside. */
  readonly userNamespace: readonly string[];
}

/** Seen on every system that follows the usual layout; links among them (merged /usr) are made as links. */
const SYSTEM_FOLDERS = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64'];
/** Enough to load a program and to name the user; nothing that configures git. */
const SYSTEM_FILES = [
  '/etc/alternatives',
  '/etc/group',
  '/etc/ld.so.cache',
  '/etc/ld.so.conf',
  '/etc/ld.so.conf.d',
  '/etc/localtime',
  '/etc/nsswitch.conf',
  '/etc/passwd',
];
/** Stores in which a program and its libraries lie side by side under unguessable names. */
const PACKAGE_STORES = ['/nix/store', '/gnu/store'];

/** A pid namespace of its own that the kernel ends with bwrap, which itself ends with the thread that started it. */
const DIES_AS_ONE = ['--unshare-pid', '--die-with-parent', '--new-session'];

/** Arguments before the command: the whole machine as it is, but other processes are neither seen nor outlived. */
export function agentProfile(directory: string): readonly string[] {
  return [...DIES_AS_ONE, '--bind', '/', '/', '--dev-bind', '/dev', '/dev', '--proc', '/proc', '--chdir', directory];
}

/**
 * Arguments before the command: an empty machine with the system read-only, no network, no capability, an empty /tmp,
 * and only the named folders, each at its own path. A folder that is both readable and writable is writable; one
 * inside another is bound after it, so that the inner one's right counts. The environment is the caller's to clean.
 */
export function collectProfile(input: {
  readonly userNamespace: readonly string[];
  /** The program, to make its folder visible when it is not of the system. */
  readonly file: string;
  readonly directory: string;
  readonly readable: readonly string[];
  readonly writable: readonly string[];
}): readonly string[] {
  const writable = new Set(input.writable);
  const folders = [...new Set([...input.readable, ...writable])].toSorted((a, b) => a.length - b.length);
  return [
    ...DIES_AS_ONE,
    ...input.userNamespace,
    '--unshare-ipc',
    '--unshare-uts',
    '--unshare-net',
    '--cap-drop',
    'ALL',
    ...SYSTEM_FOLDERS.flatMap(bindSystemFolder),
    ...SYSTEM_FILES.flatMap((path) => ['--ro-bind-try', path, path]),
    '--proc',
    '/proc',
    '--dev',
    '/dev',
    '--tmpfs',
    '/tmp',
    ...programFolders(input.file).flatMap((path) => ['--ro-bind-try', path, path]),
    ...folders.flatMap((path) => [writable.has(path) ? '--bind' : '--ro-bind', path, path]),
    '--remount-ro',
    '/',
    '--chdir',
    input.directory,
  ];
}

export function createBubblewrap(abilities: BubblewrapAbilities): Confinement {
  return {
    report: { kind: 'bubblewrap', version: abilities.version, problem: null, network: 'open' },
    agent: ({ file, args, directory }) => ({
      file: abilities.file,
      args: [...agentProfile(directory), '--info-fd', String(WRAPPER_INFO_FD), '--', file, ...args],
      infoFd: WRAPPER_INFO_FD,
    }),
    collect: ({ file, args, ...folders }) => {
      // By its path: what PATH means inside is not what it means here.
      const program = findProgram({ file, path: process.env['PATH'], cwd: folders.directory }).path ?? file;
      const profile = collectProfile({ ...folders, userNamespace: abilities.userNamespace, file: program });
      return { file: abilities.file, args: [...profile, '--', program, ...args], infoFd: null };
    },
  };
}

function bindSystemFolder(path: string): readonly string[] {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return [];
  return stats.isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : ['--ro-bind', path, path];
}

/** The folder of a program outside the system folders, and those beside it that it loads from. */
function programFolders(file: string): readonly string[] {
  if (!isAbsolute(file) || !existsSync(file)) return [];
  const folders = new Set<string>();
  for (const path of [file, realpathSync(file)]) {
    if (SYSTEM_FOLDERS.some((system) => isBelow(path, system))) continue;
    const store = PACKAGE_STORES.find((candidate) => isBelow(path, candidate));
    const folder = dirname(path);
    const prefix = dirname(folder);
    const beside = prefix === '/' ? [] : ['lib', 'lib64', 'libexec', 'share'].map((name) => join(prefix, name));
    for (const each of store === undefined ? [folder, ...beside] : [store]) folders.add(each);
  }
  return [...folders];
}

function isBelow(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '' && !way.startsWith('..') && !isAbsolute(way);
}
