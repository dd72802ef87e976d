import { createGiteaForge } from '../../src/forges/gitea/forge.ts';
import type { ForgeOfFake } from '../fake-forge/world.ts';
import { makeForgeOfFake } from '../fake-forge/world.ts';
import { startFakeGitea } from './server.ts';

/** The fake with a private repository `ada/engine`, and the real forge that talks to it. */
export async function makeGiteaWorld(
  directory: string,
  { draftPullRequests = false }: { readonly draftPullRequests?: boolean } = {},
): Promise<ForgeOfFake> {
  const fake = await startFakeGitea({ directory });
  return makeForgeOfFake({ kind: 'gitea', fake, fullName: 'ada/engine', draftPullRequests, create: createGiteaForge });
}
