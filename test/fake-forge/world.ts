import { expect } from 'vitest';
import { createCredentials } from '../../src/forges/credentials.ts';
import type { ForgeKind } from '../../src/forges/known-hosts.ts';
import { createKnownHosts } from '../../src/forges/known-hosts.ts';
import { createPlainGitForge } from '../../src/forges/plain-git/forge.ts';
import type { RestSettings } from '../../src/forges/rest-client.ts';
import type { Forge } from '../../src/ports/forge.ts';
import type { AddedRepository, FakeForge } from './server.ts';

export const TOKEN = 'token-of-ada';

/** A fake with a private repository, and the real forge that talks to it. */
export interface ForgeOfFake extends AsyncDisposable {
  readonly fake: FakeForge;
  readonly engine: AddedRepository;
  readonly forge: Forge;
  /** What the forge finds its token in. */
  readonly environment: { TOKEN_OF_TEST?: string };
}

/** At its end nothing must have been against the description. */
export async function makeForgeOfFake({
  kind,
  fake,
  fullName,
  draftPullRequests,
  create,
}: {
  readonly kind: ForgeKind;
  readonly fake: FakeForge;
  readonly fullName: string;
  readonly draftPullRequests: boolean;
  readonly create: (settings: RestSettings & { readonly git: Forge }) => Forge;
}): Promise<ForgeOfFake> {
  fake.addToken(TOKEN);
  const engine = await fake.addRepository(fullName, { isPrivate: true });
  const { host, apiUrl } = fake;
  const environment: ForgeOfFake['environment'] = { TOKEN_OF_TEST: TOKEN };
  const hosts = createKnownHosts([{ host, kind, apiUrl, tokenEnvironment: 'TOKEN_OF_TEST', draftPullRequests }]);
  const credentials = createCredentials({ hosts, environment });
  const git = createPlainGitForge({ credentials });
  return {
    fake,
    engine,
    environment,
    forge: create({ hosts, credentials, git, timeoutMs: 1_000, pauseMs: 1 }),
    async [Symbol.asyncDispose]() {
      await fake[Symbol.asyncDispose]();
      expect(fake.violations).toEqual([]);
    },
  };
}
