import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import type { Context } from 'hono';
import type { App, AppEnv } from './dependencies.ts';

/** Where the page itself decides what to show. What lies behind them is asked for at the routes of the API. */
const PAGE_PATHS = ['/', '/new', '/known-repositories', '/work-orders/:id'];

const NONCE_BYTES = 16;

/** True for what everybody gets: the page is asked for before there is a token, and holds nothing secret. */
export function isPagePath(path: string): boolean {
  return ['/', '/new', '/known-repositories', '/icon.svg'].includes(path) || /^\/(?:assets|work-orders)\//.test(path);
}

/** Serves the built page from `directory`; null where it was never built, which the page's address then says. */
export function registerPage(app: App, directory: string | null): void {
  for (const path of PAGE_PATHS) app.get(path, (context) => pageResponse(context, directory));
  if (directory === null) return;
  const assets = serveStatic<AppEnv>({ root: directory, precompressed: true });
  app.get('/assets/*', async (context, next) => {
    const response = await assets(context, next);
    // The names of assets change with what they hold.
    if (response instanceof Response) response.headers.set('cache-control', 'public, max-age=31536000, immutable');
    return response;
  });
  app.get('/icon.svg', serveStatic<AppEnv>({ root: directory }));
}

async function pageResponse(context: Context<AppEnv>, directory: string | null): Promise<Response> {
  if (directory === null) {
    return context.text(
      'The page is not built here: "npm run build". The API answers; it is described at /docs.\n',
      503,
    );
  }
  const nonce = randomBytes(NONCE_BYTES).toString('base64');
  const html = await readFile(join(directory, 'index.html'), 'utf8');
  context.header('content-security-policy', contentSecurityPolicy(nonce));
  return context.html(html.replace('__CSP_NONCE__', nonce));
}

/** No script and no style but the page's own files; the nonce is for style elements that Base UI makes. */
function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
