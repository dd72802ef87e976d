import { createRoute } from '@hono/zod-openapi';
import { SignInSchema } from '../../contract/session.ts';
import { checkSentToken } from '../auth.ts';
import type { App } from '../dependencies.ts';
import { TAGS, body, problems } from '../responses.ts';
import { endSession, keepSession } from '../session.ts';

const signIn = createRoute({
  method: 'post',
  path: '/session',
  operationId: 'signIn',
  tags: [TAGS.service],
  summary: 'Let a browser in',
  description:
    'Gives a cookie that counts in place of the token until the token changes: no script can read it, and it is sent ' +
    'by pages of this service alone.',
  request: { body: body(SignInSchema) },
  responses: { 204: { description: 'The browser is let in' }, ...problems(422) },
});

const signOut = createRoute({
  method: 'delete',
  path: '/session',
  operationId: 'signOut',
  tags: [TAGS.service],
  summary: 'Let the browser forget the cookie',
  responses: { 204: { description: 'It is forgotten' }, ...problems() },
});

export function registerSession(app: App): void {
  app.openapi(signIn, (context) => {
    const { apiToken } = context.var.dependencies;
    if (apiToken !== null) {
      checkSentToken(context.req.valid('json').token, apiToken);
      keepSession(context, apiToken);
    }
    return context.body(null, 204);
  });
  app.openapi(signOut, (context) => {
    endSession(context);
    return context.body(null, 204);
  });
}
