import { createRoute } from '@hono/zod-openapi';
import { KnownRepositorySchema } from '../../contract/known-repository.ts';
import type { App } from '../dependencies.ts';
import { forgeSignal } from '../forge-signal.ts';
import { repositoryIdOf, writable } from '../reading.ts';
import { NO_SUCH_REPOSITORY, RepositoryIdParams, TAGS, json, problems } from '../responses.ts';

const route = createRoute({
  method: 'post',
  path: '/repositories/{repository_id}/verify',
  operationId: 'verifyKnownRepository',
  tags: [TAGS.repositories],
  summary: 'Ask the forge again about a known repository',
  description:
    'That it cannot be read is an answer: `verification_error` says why and what to do, and the facts stay those of ' +
    'the latest look that succeeded.',
  request: { params: RepositoryIdParams },
  responses: {
    200: json('The repository with what was found', KnownRepositorySchema),
    ...problems(503),
    404: NO_SUCH_REPOSITORY,
  },
});

export function registerVerifyKnownRepository(app: App): void {
  app.openapi(route, async (context) => {
    const repository = await writable(context.var.dependencies.knownRepositories).verify({
      repositoryId: repositoryIdOf(context.req.valid('param').repository_id),
      signal: forgeSignal(context.req.raw),
    });
    return context.json(repository, 200);
  });
}
