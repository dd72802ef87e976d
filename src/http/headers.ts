import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from './dependencies.ts';

const HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

/** What every answer carries unless its route says something else: nothing is sniffed, framed, embedded or kept. */
export function securityHeaders(): MiddlewareHandler<AppEnv> {
  return async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(HEADERS)) {
      if (!context.res.headers.has(name)) context.res.headers.set(name, value);
    }
  };
}
