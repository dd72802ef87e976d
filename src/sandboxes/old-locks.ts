import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Takes away the locks of refs that a git of an earlier service has left when it was killed in its write: git itself
 * never does. Only for a repository in which nobody else writes now.
 */
export async function removeOldLocks(repository: string): Promise<void> {
  const refs = await readdir(join(repository, 'refs'), { recursive: true });
  const locks = refs.filter((name) => name.endsWith('.lock')).map((name) => join('refs', name));
  for (const name of [...locks, 'packed-refs.lock']) await rm(join(repository, name), { force: true });
}
