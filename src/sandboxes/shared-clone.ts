import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { git } from '../process/git.ts';
import { isFile } from './folders.ts';
import type { Mirrors } from './mirror.ts';
import { alternatesOf, keepOwnObjects } from './own-objects.ts';
import type { SandboxKind } from './sandbox-kind.ts';
import { BASE_REF } from './sandbox-kind.ts';

/**
 * `git_worktree`: an isolated working copy that borrows the objects of the mirror. Not a worktree in git's sense:
 * side by side, real ones fail on the locks that they share.
 */
export function createSharedClone({ mirrors }: { readonly mirrors: Mirrors }): SandboxKind {
  return {
    type: 'git_worktree',
    async prepare({ folders, workOrderId, repositoryUrl, base, signal, onProgress }) {
      const { mirror, commit } = await mirrors.fetchBase({ workOrderId, repositoryUrl, base, signal, onProgress });
      await git({ args: ['init', '--quiet', '--bare', '--', folders.collected], signal });
      await borrow(folders.collected, mirror);
      await git({ gitDirectory: folders.collected, args: ['update-ref', '--no-deref', BASE_REF, commit], signal });
      return commit;
    },
    async prepareFork({ folders, workOrderId, repositoryUrl, baseCommit, signal }) {
      await mirrors.holdAgain({ workOrderId, repositoryUrl, baseCommit });
      await git({ args: ['init', '--quiet', '--bare', '--', folders.collected], signal });
      await borrow(folders.collected, mirrors.pathOf({ repositoryUrl }));
      await git({ gitDirectory: folders.collected, args: ['update-ref', '--no-deref', BASE_REF, baseCommit], signal });
    },
    supplyHistory: ({ repositoryUrl, gitDirectory }) => borrow(gitDirectory, mirrors.pathOf({ repositoryUrl })),
    borrowedFrom: ({ repositoryUrl }) => [mirrors.pathOf({ repositoryUrl })],
    async release({ folders, workOrderId, repositoryUrl }) {
      // In this order: a crash in between leaves a ref too many, never an object too few.
      if (await isFile(alternatesOf(folders.collected))) await keepOwnObjects(folders.collected);
      await mirrors.release({ workOrderId, repositoryUrl });
    },
    async regain({ folders, workOrderId, repositoryUrl, baseCommit }) {
      if (await isFile(alternatesOf(folders.collected))) return;
      await mirrors.holdAgain({ workOrderId, repositoryUrl, baseCommit });
      await borrow(folders.collected, mirrors.pathOf({ repositoryUrl }));
      await rm(join(folders.collected, 'shallow'), { force: true });
    },
  };
}

function borrow(gitDirectory: string, mirror: string): Promise<void> {
  return writeFile(alternatesOf(gitDirectory), `${join(mirror, 'objects')}\n`);
}
