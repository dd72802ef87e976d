import { lstatSync, readlinkSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** A path of the machine and what a program inside may do there. What is hidden is empty, of the sandbox's own. */
export interface Place {
  readonly path: string;
  readonly access: 'read' | 'write' | 'hide';
}

/** What of the machine is inside, at its own paths. */
export interface Mounts {
  /** Options of bwrap. */
  readonly args: readonly string[];
  /** Whether a path leads to something inside. */
  shows(path: string): boolean;
}

/** Inside these are of the sandbox's own; what is shown below them is bound into them. */
const OWN_FOLDERS: readonly (readonly [path: string, option: string])[] = [
  ['/proc', '--proc'],
  ['/dev', '--dev'],
  ['/tmp', '--tmpfs'],
  ['/var/tmp', '--tmpfs'],
];

/** More links than this in one path are a circle, as in the kernel. */
const MAX_LINKS = 40;

/**
 * Plans how bwrap shows places in an empty root. Every place is bound at its real path, and the links on the way to it
 * are made again as links, so that it is found by all its names. What is absent is passed over.
 *
 * What lies below a writable place is the program's: it may have laid links there since the last time. So nothing is
 * bound there, for bwrap would follow them to where it makes the mount point, and no link there leads to anything more.
 */
export function planMounts(places: readonly Place[]): Mounts {
  const wanted = new Map<string, Place['access']>();
  const links = new Map<string, string>();
  const writable = new Set(places.map(({ path, access }) => (access === 'write' ? follow(path)?.real : undefined)));
  const isOfProgram = ([link]: readonly [string, string]) => ancestors(link).some((path) => writable.has(path));
  for (const { path, access } of places) {
    const way = follow(path);
    if (way === null || way.links.some(isOfProgram)) continue;
    for (const [link, target] of way.links) links.set(link, target);
    if (wanted.get(way.real) !== 'write') wanted.set(way.real, access);
  }

  const own = new Map(OWN_FOLDERS);
  const bound = new Map<string, Place['access']>();
  for (const path of own.keys()) wanted.set(path, 'hide');
  const coverOf = (path: string): Place['access'] | null => {
    for (let folder = path; ; folder = dirname(folder)) {
      const access = bound.get(folder);
      if (access !== undefined) return access;
      if (folder === '/') return null;
    }
  };
  const args: string[] = [];
  for (const [path, access] of [...wanted].toSorted(([a], [b]) => depth(a) - depth(b))) {
    const cover = coverOf(path);
    const ownOption = own.get(path);
    const isThere = cover === 'write' || (access === 'read' && cover === 'read');
    const isHidden = access === 'hide' && cover !== 'read' && ownOption === undefined;
    if (isThere || isHidden) continue;
    bound.set(path, access);
    if (access === 'hide' && isFile(path)) args.push('--ro-bind', '/dev/null', path);
    else if (access === 'hide') args.push(ownOption ?? '--tmpfs', path);
    else args.push(access === 'write' ? '--bind-try' : '--ro-bind-try', path, path);
  }
  const made = [...links].filter(([link]) => ['hide', null].includes(coverOf(link)));
  args.push(...made.flatMap(([link, target]) => ['--symlink', target, link]));

  const madeLinks = new Set(made.map(([link]) => link));
  const above = new Set([...bound.keys(), ...madeLinks].flatMap(ancestors));
  const isBound = (path: string): boolean => !['hide', null].includes(coverOf(path));
  return {
    args,
    shows(path) {
      const way = follow(path);
      if (way === null) return false;
      const linked = way.links.every(([link]) => madeLinks.has(link) || isBound(link));
      return linked && (isBound(way.real) || bound.has(way.real) || above.has(way.real));
    },
  };
}

/** The real path, and each symbolic link on the way to it with what stands in it; null where it leads nowhere. */
function follow(
  path: string,
): { readonly real: string; readonly links: readonly (readonly [link: string, target: string])[] } | null {
  const links: (readonly [string, string])[] = [];
  const ahead = namesOf(path);
  let real = '/';
  for (let name = ahead.shift(); name !== undefined; name = ahead.shift()) {
    const next = resolve(real, name);
    const target = linkAt(next);
    if (target === undefined || links.length > MAX_LINKS) return null;
    if (target !== null) {
      links.push([next, target]);
      ahead.unshift(...namesOf(resolve(real, target)));
      real = '/';
    } else {
      real = next;
    }
  }
  return { real, links };
}

/** What stands in a link; null for what is none, undefined for what is not there or not to be seen. */
function linkAt(path: string): string | null | undefined {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : null;
  } catch {
    return undefined;
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function namesOf(path: string): string[] {
  return path.split('/').filter(Boolean);
}

function depth(path: string): number {
  return namesOf(path).length;
}

function ancestors(path: string): readonly string[] {
  const folders: string[] = [];
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    folders.push(folder);
    if (folder === '/') return folders;
  }
}
