import { createRoute, z } from '@hono/zod-openapi';
import { KnownRepositorySchema, RepositoryListQuery } from '../../contract/known-repository.ts';
import { hasCode } from '../../domain/errors.ts';
import type { App, AppDependencies } from '../dependencies.ts';
import { TAGS, json, problems } from '../responses.ts';

const route = createRoute({
  method: 'get',
  path: '/repositories',
  operationId: 'listRepositories',
  tags: [TAGS.repositories],
  summary: 'List known repositories, those used last first',
  request: { query: RepositoryListQuery },
  responses: {
    200: {
      ...json('A page of repositories', z.array(KnownRepositorySchema)),
      headers: {
        Link: {
          description: 'With `rel="next"` the path of the next page; absent on the last',
          schema: { type: 'string' },
        },
      },
    },
    ...problems(422, 503),
  },
});

export function registerListRepositories(app: App): void {
  app.openapi(route, async (context) => {
    const { store } = context.var.dependencies;
    const { repository_url: repositoryUrl, limit, cursor = null } = context.req.valid('query');
    if (repositoryUrl !== undefined) {
      const repository = await repositoryOf(context.var.dependencies, repositoryUrl);
      return context.json(repository ? [repository] : [], 200);
    }
    const { repositories, nextCursor } = await store.repositories({ limit, cursor });
    if (nextCursor !== null) {
      const next = new URLSearchParams(context.req.query());
      next.set('cursor', nextCursor);
      context.header('link', `</repositories?${next.toString()}>; rel="next"`);
    }
    return context.json([...repositories], 200);
  });
}

/** Also of a URL that is no longer accepted: a folder that has gone can still be found, and removed. */
async function repositoryOf({ store, repositories }: AppDependencies, repositoryUrl: string) {
  const accepted = await repositories.accept({ repositoryUrl }).catch((error: unknown) => {
    if (hasCode(error, 'repository_url_refused')) return repositoryUrl;
    throw error;
  });
  return store.repositoryOf({ repositoryUrl: accepted });
}
