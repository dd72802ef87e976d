import type { App } from './dependencies.ts';

const DESCRIPTION = `You hand in a **work order**: a git repository and a request. Coding agents carry it out in seven
steps in an isolated sandbox, and it ends with a pushed branch or a pull request. The history is written as it happens:
poll \`/steps\`, or follow \`/events\`.

All times are ISO 8601 in UTC with milliseconds. Every error is \`application/problem+json\` with a stable \`code\` and
a \`next_step\`.`;

/** The OpenAPI 3.1 document of every route that is registered by now. */
export function documentOf(app: App, version: string) {
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Agent Work Orders', version, description: DESCRIPTION, license: { name: 'MIT' } },
    servers: [{ url: '/', description: 'The service that serves this document' }],
    // Either nothing or a token: which one is a matter of how the service was started.
    security: [{}, { token: [] }],
    tags: [
      { name: 'Work orders', description: 'Hand in, look at, cancel' },
      { name: 'Control', description: 'Take up again, take back, approve, pause' },
      { name: 'Repositories', description: 'Known repositories with their defaults' },
      { name: 'History', description: 'Steps, events and log, by polling or as streams that can be resumed' },
      { name: 'The work', description: 'What the agents have made so far' },
      { name: 'The service', description: 'Its health and its description' },
    ],
  });
  const { webhooks: _none, ...rest } = document;
  return {
    ...rest,
    components: {
      ...rest.components,
      securitySchemes: {
        token: {
          type: 'http' as const,
          scheme: 'bearer',
          description: 'The value of AWO_API_TOKEN, where the service was started with one',
        },
      },
    },
  };
}

export type OpenApiDocument = ReturnType<typeof documentOf>;

/** The document as the file `openapi.json` holds it. */
export function documentText(app: App, version: string): string {
  return `${JSON.stringify(documentOf(app, version), null, 2)}\n`;
}
