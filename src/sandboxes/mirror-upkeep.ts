import { createHash } from 'node:crypto';
import type { WorkOrderId } from '../domain/ids.ts';
import { git, gitLine } from '../process/git.ts';

const BORROWERS = 'refs/awo/base';

/** Each fetch that brings much makes a pack, and one that brings little loose objects; so many slow git down. */
const MAX_PACKS = 20;
const MAX_LOOSE_OBJECTS = 2000;
/**
 * What nothing refers to is thrown away when it is older than this. Not at once: the git of a service that was killed
 * may still be at it while the next service fetches.
 */
const PRUNE_OLDER_THAN = '1.hour.ago';
const TIDY_TIMEOUT_MS = 30 * 60 * 1000;

/** Under which ref of the mirror a work order keeps its base for as long as it borrows objects. */
export function privateRef(workOrderId: WorkOrderId): string {
  return `${BORROWERS}/${workOrderId}`;
}

/**
 * The latest base seen of a branch, which makes the mirror worth having when no work order borrows from it. A digest,
 * because `feature` and `feature/x` could not both be names of refs.
 */
export function keptRef(branch: string): string {
  return `refs/awo/kept/${createHash('sha256').update(branch).digest('hex').slice(0, 16)}`;
}

/** True while a sandbox, or what was collected from one, needs objects of the mirror. */
export async function isBorrowedFrom(mirror: string): Promise<boolean> {
  const args = ['for-each-ref', '--count=1', '--format=%(refname)', BORROWERS];
  return (await gitLine({ gitDirectory: mirror, args })) !== '';
}

/** One pack again, and nothing that nobody needs. Only for a mirror that nobody borrows from, under its lock. */
export async function tidyMirror(mirror: string): Promise<void> {
  const counts = await gitLine({ gitDirectory: mirror, args: ['count-objects', '-v'] });
  const count = (name: string) => Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(counts)?.[1] ?? 0);
  if (count('packs') <= MAX_PACKS && count('count') <= MAX_LOOSE_OBJECTS) return;
  const args = ['gc', '--quiet', `--prune=${PRUNE_OLDER_THAN}`];
  await git({ gitDirectory: mirror, args, timeoutMs: TIDY_TIMEOUT_MS });
}
