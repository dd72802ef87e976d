import { createRoute } from '@hono/zod-openapi';
import { ChangeRepositorySchema, KnownRepositorySchema } from '../../contract/known-repository.ts';
import type { App } from '../dependencies.ts';
import { repositoryIdOf, writable } from '../reading.ts';
import { refuseBody } from '../refuse-body.ts';
import { NO_SUCH_REPOSITORY, RepositoryIdParams, TAGS, json, problems } from '../responses.ts';

const route = createRoute({
  method: 'patch',
  path: '/repositories/{repository_id}',
  operationId: 'changeRepository',
  tags: [TAGS.repositories],
  summary: 'Change the defaults of a repository',
  description:
    'What is absent stays, null clears; a list or the steps are replaced whole. It counts for work orders that are ' +
    'handed in from now on.',
  request: {
    params: RepositoryIdParams,
    body: { required: true, content: { 'application/json': { schema: ChangeRepositorySchema } } },
  },
  responses: {
    200: json('The repository as it is now', KnownRepositorySchema),
    ...problems(413, 422, 503),
    404: NO_SUCH_REPOSITORY,
  },
});

export function registerChangeRepository(app: App): void {
  app.openapi(
    route,
    async (context) => {
      const repository = await writable(context.var.dependencies.knownRepositories).change({
        repositoryId: repositoryIdOf(context.req.valid('param').repository_id),
        settings: context.req.valid('json'),
      });
      return context.json(repository, 200);
    },
    refuseBody('default_sandbox_type'),
  );
}
