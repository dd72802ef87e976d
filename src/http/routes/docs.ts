import { createRoute } from '@hono/zod-openapi';
import type { App } from '../dependencies.ts';
import { DOCS_STYLE_HASH, docsPage } from '../docs-page.ts';
import { documentOf } from '../openapi.ts';
import { TAGS, problems, text } from '../responses.ts';

const route = createRoute({
  method: 'get',
  path: '/docs',
  operationId: 'getDocs',
  tags: [TAGS.service],
  summary: 'This description, to read',
  responses: { 200: text('A page', 'text/html', '<!doctype html>…'), ...problems() },
});

export function registerDocs(app: App): void {
  app.openapi(route, (context) => {
    const { version } = context.var.dependencies;
    context.header(
      'content-security-policy',
      `default-src 'none'; style-src '${DOCS_STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    return context.html(docsPage(documentOf(app, version)));
  });
}
