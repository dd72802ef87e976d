import { createRoute } from '@hono/zod-openapi';
import { KnownRepositorySchema } from '../../contract/known-repository.ts';
import { repositoryNotFound } from '../../engine/known-repositories.ts';
import type { App } from '../dependencies.ts';
import { repositoryIdOf } from '../reading.ts';
import { NO_SUCH_REPOSITORY, RepositoryIdParams, TAGS, json, problems } from '../responses.ts';

const route = createRoute({
  method: 'get',
  path: '/repositories/{repository_id}',
  operationId: 'getRepository',
  tags: [TAGS.repositories],
  summary: 'Show a known repository',
  request: { params: RepositoryIdParams },
  responses: {
    200: json('The repository with its defaults', KnownRepositorySchema),
    ...problems(503),
    404: NO_SUCH_REPOSITORY,
  },
});

export function registerShowRepository(app: App): void {
  app.openapi(route, async (context) => {
    const repositoryId = repositoryIdOf(context.req.valid('param').repository_id);
    const repository = await context.var.dependencies.store.repository({ repositoryId });
    if (!repository) throw repositoryNotFound(repositoryId);
    return context.json(repository, 200);
  });
}
