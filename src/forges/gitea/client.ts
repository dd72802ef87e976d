import type { Dialect } from '../rest-dialect.ts';
import type { RestClient, RestSettings } from '../rest-client.ts';
import { createRestClient } from '../rest-client.ts';
import { repositoryPathOf } from '../repository-path.ts';
import { refusalSchema } from './schema.ts';

/** The API of Gitea, which Forgejo has as well. */
export function createGiteaClient(settings: RestSettings): RestClient {
  return createRestClient(settings, DIALECT);
}

/** Whether a URL can be that of a repository: it has an owner and a name. */
export function isRepository(repositoryUrl: string): boolean {
  return repositoryPathOf(repositoryUrl).length === 2;
}

/** Where a repository is in the API. */
export function repositoryPath(repositoryUrl: string): string {
  return `/repos/${repositoryPathOf(repositoryUrl).join('/')}`;
}

const DIALECT: Dialect = {
  forge: 'Gitea',
  authorization: (token) => `token ${token}`,
  wordsOf(body) {
    const { data } = refusalSchema.safeParse(body);
    return data?.message ?? (typeof body === 'string' && body !== '' ? body : null);
  },
  missingPermission(_body, words) {
    // "[write:issue]" in Forgejo, "required=[write:issue], token scope=…" in newer versions of Gitea.
    const scope = /required scope\(s\)\W*(?:required)?\W*([\w:, ]+?)\]/.exec(words)?.[1];
    if (scope !== undefined) return `The token lacks the scope ${scope} (${words}).`;
    return `The token may not do that (${words}). It needs write:repository, write:issue and read:user, and its user must be allowed to push.`;
  },
};
