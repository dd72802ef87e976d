import { constants } from 'node:fs';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Credentials } from '../ports/credentials.ts';
import { git, gitLine } from '../process/git.ts';
import { fetchRefs } from './remote.ts';
import type { SandboxKind } from './sandbox-kind.ts';
import { BASE_REF } from './sandbox-kind.ts';

const ORIGIN = 'refs/awo/origin';

/**
 * `git_branch`: a full clone with all branches and tags, which shares nothing with another sandbox. The agent gets a
 * copy of the objects of its own, so that nothing it does to them reaches the clean repository.
 */
export function createFullClone({ credentials }: { readonly credentials: Credentials }): SandboxKind {
  return {
    type: 'git_branch',
    async prepare({ folders, repositoryUrl, base, signal, onProgress }) {
      onProgress(`Cloning ${repositoryUrl}`);
      const { collected } = folders;
      await git({ args: ['init', '--quiet', '--bare', '--', collected], signal });
      const refspecs = [
        `+refs/heads/${base.branch}:${BASE_REF}`,
        `+refs/heads/*:${ORIGIN}/heads/*`,
        `+refs/tags/*:${ORIGIN}/tags/*`,
      ];
      await fetchRefs({ gitDirectory: collected, repositoryUrl, refspecs, credentials, signal });
      const args = ['rev-parse', '--verify', '--end-of-options', `${BASE_REF}^{commit}`];
      return gitLine({ gitDirectory: collected, args });
    },
    async prepareFork({ folders, from, signal }) {
      const { collected } = folders;
      await git({ args: ['init', '--quiet', '--bare', '--', collected], signal });
      // The source has all of it: nothing that was pushed since is to be seen.
      const refspecs = [`+${BASE_REF}:${BASE_REF}`, `+${ORIGIN}/*:${ORIGIN}/*`];
      const args = ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--refmap=', '--', from.collected];
      await git({ gitDirectory: collected, args: [...args, ...refspecs], remote: from.collected, signal });
    },
    async supplyHistory({ folders, gitDirectory }) {
      const objects = join(folders.collected, 'objects');
      await cp(objects, join(gitDirectory, 'objects'), { recursive: true, mode: constants.COPYFILE_FICLONE });
      const args = ['for-each-ref', '--format=%(objectname) %(refname)', ORIGIN];
      const refs = await gitLine({ gitDirectory: folders.collected, args });
      const own = refs
        .replaceAll(` ${ORIGIN}/heads/`, ' refs/remotes/origin/')
        .replaceAll(` ${ORIGIN}/tags/`, ' refs/tags/');
      await writeFile(join(gitDirectory, 'packed-refs'), own === '' ? '' : `${own}\n`);
    },
    release: async () => undefined,
    regain: async () => undefined,
    borrowedFrom: () => [],
  };
}
