import { mkdir, symlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, relative } from 'node:path';

/**
 * Makes what agents may read below the user's home folder be found below the home folder of an attempt too, where
 * tool chains look for their parts (`~/.rustup`). The attempt's home must be fresh: no agent has laid links in it.
 */
export async function linkIntoHome(input: {
  readonly home: string;
  readonly paths: readonly string[];
  readonly userHome?: string;
}): Promise<void> {
  const { home, paths, userHome = homedir() } = input;
  const linked: string[] = [];
  for (const path of paths.toSorted((a, b) => a.length - b.length)) {
    const way = relative(userHome, path);
    // What lies below another one is found through its link; making it would write into the user's own folder.
    if (way === '' || way.startsWith('..') || isAbsolute(way) || linked.some((folder) => isBelow(path, folder)))
      continue;
    await mkdir(dirname(join(home, way)), { recursive: true });
    await symlink(path, join(home, way));
    linked.push(path);
  }
}

function isBelow(path: string, folder: string): boolean {
  return `${path}/`.startsWith(`${folder}/`);
}
