import type { Dialect } from '../rest-dialect.ts';
import type { RestClient, RestSettings } from '../rest-client.ts';
import { createRestClient } from '../rest-client.ts';
import { repositoryPathOf } from '../repository-path.ts';
import { refusalSchema } from './schema.ts';

/** GitLab's API. */
export function createGitlabClient(settings: RestSettings): RestClient {
  return createRestClient(settings, DIALECT);
}

/** Whether a URL can be that of a project: it has a group or a user, and any number of groups below. */
export function isProject(repositoryUrl: string): boolean {
  return repositoryPathOf(repositoryUrl).length >= 2;
}

/** Where a project is in the API: by its whole path, as one part. */
export function projectPath(repositoryUrl: string): string {
  return `/projects/${encodeURIComponent(repositoryPathOf(repositoryUrl).join('/'))}`;
}

const DIALECT: Dialect = {
  forge: 'GitLab',
  authorization: (token) => `Bearer ${token}`,
  wordsOf(body) {
    const { data } = refusalSchema.safeParse(body);
    if (!data) return typeof body === 'string' && body !== '' ? body : null;
    const { message, error_description, error } = data;
    return typeof message === 'string' ? message : (error_description ?? error ?? JSON.stringify(message) ?? null);
  },
  missingPermission(body, words) {
    const { data } = refusalSchema.safeParse(body);
    if (data?.error === 'insufficient_scope')
      return `The token lacks one of the scopes ${data.scope ?? 'api'} (${words}).`;
    return `The token may not do that (${words}). It needs the scope api and, in the project, the role Developer.`;
  },
};
