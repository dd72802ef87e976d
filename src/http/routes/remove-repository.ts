import { createRoute } from '@hono/zod-openapi';
import type { App } from '../dependencies.ts';
import { repositoryIdOf, writable } from '../reading.ts';
import { NO_SUCH_REPOSITORY, RepositoryIdParams, TAGS, problems } from '../responses.ts';

const route = createRoute({
  method: 'delete',
  path: '/repositories/{repository_id}',
  operationId: 'removeRepository',
  tags: [TAGS.repositories],
  summary: 'Forget the defaults of a repository',
  description: 'Its work orders stay, those that run go on as they began; the defaults no longer apply to new ones.',
  request: { params: RepositoryIdParams },
  responses: { 204: { description: 'It is no longer known' }, ...problems(503), 404: NO_SUCH_REPOSITORY },
});

export function registerRemoveRepository(app: App): void {
  app.openapi(route, async (context) => {
    const repositoryId = repositoryIdOf(context.req.valid('param').repository_id);
    await writable(context.var.dependencies.knownRepositories).remove({ repositoryId });
    return context.body(null, 204);
  });
}
