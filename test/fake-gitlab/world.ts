import { createGitlabForge } from '../../src/forges/gitlab/forge.ts';
import type { ForgeOfFake } from '../fake-forge/world.ts';
import { makeForgeOfFake } from '../fake-forge/world.ts';
import { startFakeGitlab } from './server.ts';

/** The fake with a private repository `group/sub/engine`, and the real forge that talks to it. */
export async function makeGitlabWorld(
  directory: string,
  { draftPullRequests = false }: { readonly draftPullRequests?: boolean } = {},
): Promise<ForgeOfFake> {
  const fake = await startFakeGitlab({ directory });
  return makeForgeOfFake({
    kind: 'gitlab',
    fake,
    fullName: 'group/sub/engine',
    draftPullRequests,
    create: createGitlabForge,
  });
}
