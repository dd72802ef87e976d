import { createRoute } from '@hono/zod-openapi';
import { RepositoryCheckSchema, VerifyRepositorySchema } from '../../contract/verify-repository.ts';
import { verifyRepository } from '../../engine/verify-repository.ts';
import type { App } from '../dependencies.ts';
import { forgeSignal } from '../forge-signal.ts';
import { TAGS, json, problems } from '../responses.ts';

const route = createRoute({
  method: 'post',
  path: '/github/verify-repository',
  operationId: 'verifyRepository',
  tags: [TAGS.service],
  summary: 'Whether the service can work on a repository',
  description:
    'For a repository of any forge, in spite of its name. One that cannot be read is an answer, with the reason.',
  request: { body: { required: true, content: { 'application/json': { schema: VerifyRepositorySchema } } } },
  responses: { 200: json('What was found', RepositoryCheckSchema), ...problems(413, 422) },
});

export function registerVerifyRepository(app: App): void {
  app.openapi(route, async (context) => {
    const { repository_url: repositoryUrl } = context.req.valid('json');
    const signal = forgeSignal(context.req.raw);
    return context.json(await verifyRepository(context.var.dependencies, { repositoryUrl, signal }), 200);
  });
}
