import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { WorkOrderError } from '../domain/errors.ts';

/**
 * Makes sure that git writes a branch and HEAD into this git folder and nowhere else: an agent can have turned its
 * refs or their logs into links, or named the folder of another repository as the common one. Rejects with
 * `git_failed`.
 */
export async function refuseForeignRefs(gitDirectory: string, branch: string): Promise<void> {
  const parts = branch.split('/');
  const below = ['refs', 'refs/heads', ...parts.map((_, end) => `refs/heads/${parts.slice(0, end + 1).join('/')}`)];
  const written = ['HEAD', 'packed-refs', 'logs', 'logs/HEAD', ...below, ...below.map((path) => `logs/${path}`)];
  for (const path of written) {
    const stats = await lstat(join(gitDirectory, path)).catch(() => null);
    if (stats?.isSymbolicLink()) throw new WorkOrderError('git_failed', `${path} of the working copy is a link.`);
  }
  if (await lstat(join(gitDirectory, 'commondir')).catch(() => null)) {
    throw new WorkOrderError('git_failed', 'The working copy shares the refs of another repository.');
  }
}
