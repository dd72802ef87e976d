import { createRoute } from '@hono/zod-openapi';
import { AddRepositorySchema, KnownRepositorySchema } from '../../contract/known-repository.ts';
import type { App } from '../dependencies.ts';
import { forgeSignal } from '../forge-signal.ts';
import { writable } from '../reading.ts';
import { refuseBody } from '../refuse-body.ts';
import { TAGS, json, problem, problems } from '../responses.ts';

const route = createRoute({
  method: 'post',
  path: '/repositories',
  operationId: 'addRepository',
  tags: [TAGS.repositories],
  summary: 'Add a repository with its defaults',
  description:
    'The forge is asked first whether it can be read. The defaults count for work orders of the same URL, with or ' +
    'without `.git` at its end, that are handed in from now on and say nothing themselves.',
  request: { body: { required: true, content: { 'application/json': { schema: AddRepositorySchema } } } },
  responses: {
    201: {
      ...json('The repository is known now', KnownRepositorySchema),
      headers: { Location: { description: 'The path of the repository', schema: { type: 'string' } } },
    },
    ...problems(413, 422, 503),
    409: problem('It is known already; the detail says by which id (`repository_exists`)'),
  },
});

export function registerAddRepository(app: App): void {
  app.openapi(
    route,
    async (context) => {
      const { repository_url: repositoryUrl, verify, ...settings } = context.req.valid('json');
      const repository = await writable(context.var.dependencies.knownRepositories).add({
        repositoryUrl,
        settings,
        verify: verify ?? true,
        signal: forgeSignal(context.req.raw),
      });
      context.header('location', `/repositories/${repository.repository_id}`);
      return context.json(repository, 201);
    },
    refuseBody('default_sandbox_type'),
  );
}
