import { expect } from 'vitest';
import { createCredentials } from '../../src/forges/credentials.ts';
import { createGithubForge } from '../../src/forges/github/forge.ts';
import { createKnownHosts } from '../../src/forges/known-hosts.ts';
import { createPlainGitForge } from '../../src/forges/plain-git/forge.ts';
import type { Forge } from '../../src/ports/forge.ts';
import type { AddedRepository, FakeGithub } from './server.ts';
import { startFakeGithub } from './server.ts';

export const TOKEN = 'token-of-ada';

/** The fake with a private repository `ada/engine`, and the real forge that talks to it. */
export interface GithubWorld extends AsyncDisposable {
  readonly github: FakeGithub;
  readonly engine: AddedRepository;
  readonly forge: Forge;
  /** What the forge finds its token in. */
  readonly environment: { TOKEN_OF_TEST?: string };
}

/** At its end nothing must have been against GitHub's description. */
export async function makeGithubWorld(
  directory: string,
  { draftPullRequests = false }: { readonly draftPullRequests?: boolean } = {},
): Promise<GithubWorld> {
  const github = await startFakeGithub({ directory });
  github.addToken(TOKEN);
  const engine = await github.addRepository('engine', { isPrivate: true });
  const { host, apiUrl } = github;
  const environment: GithubWorld['environment'] = { TOKEN_OF_TEST: TOKEN };
  const hosts = createKnownHosts([
    { host, kind: 'github', apiUrl, tokenEnvironment: 'TOKEN_OF_TEST', draftPullRequests },
  ]);
  const credentials = createCredentials({ hosts, environment });
  const git = createPlainGitForge({ credentials });
  return {
    github,
    engine,
    environment,
    forge: createGithubForge({ hosts, credentials, git, timeoutMs: 2_000, pauseMs: 1 }),
    async [Symbol.asyncDispose]() {
      await github[Symbol.asyncDispose]();
      expect(github.violations).toEqual([]);
    },
  };
}
