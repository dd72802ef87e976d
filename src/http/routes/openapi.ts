import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../dependencies.ts';
import type { JSONValue } from 'hono/utils/types';
import { documentText } from '../openapi.ts';
import { TAGS, json, problems } from '../responses.ts';

const route = createRoute({
  method: 'get',
  path: '/openapi.json',
  operationId: 'getOpenApi',
  tags: [TAGS.service],
  summary: 'This description, as OpenAPI 3.1',
  responses: { 200: json('The document', z.record(z.string(), z.unknown())), ...problems() },
});

export function registerOpenApi(app: App): void {
  app.openapi(route, (context) => {
    const document: Record<string, JSONValue> = JSON.parse(documentText(app, context.var.dependencies.version));
    return context.json(document, 200);
  });
}
