import { createHash, timingSafeEqual } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { WorkOrderError } from '../domain/errors.ts';
import type { AppEnv } from './dependencies.ts';
import { isPagePath } from './page.ts';
import { sentSession, sessionOf } from './session.ts';

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/**
 * The names by which a service that is bound to `host` may be addressed, or null when it is not bound to loopback. A
 * page of the web can give its own name our address (DNS rebinding) and then counts as our origin; its name gives it
 * away.
 */
export function loopbackHosts(host: string): readonly string[] | null {
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host.toLowerCase();
  const isLoopback = LOOPBACK_NAMES.includes(name) || /^127(?:\.\d{1,3}){3}$/.test(name);
  return isLoopback ? [...new Set([...LOOPBACK_NAMES, name])] : null;
}

/** Refuses requests that were addressed to somebody else (`host_refused`). */
export function checkHost(allowedHosts: readonly string[] | null): MiddlewareHandler<AppEnv> {
  return async (context, next) => {
    const host = hostOf(context);
    const name = URL.parse(`http://${host}`)?.hostname;
    if (allowedHosts && (name === undefined || !allowedHosts.includes(name))) {
      throw new WorkOrderError('host_refused', `This service does not go by the name "${host.slice(0, 100)}".`);
    }
    await next();
  };
}

/**
 * Refuses what a page of another origin sends (`origin_refused`), reads included. Only the host is compared: behind a
 * proxy that speaks TLS the scheme of the page differs from ours.
 */
export function checkOrigin(): MiddlewareHandler<AppEnv> {
  return async (context, next) => {
    const origin = context.req.header('origin');
    if (origin !== undefined && URL.parse(origin)?.host !== URL.parse(`http://${hostOf(context)}`)?.host) {
      throw new WorkOrderError('origin_refused', `Pages from "${origin.slice(0, 100)}" may not call this service.`);
    }
    await next();
  };
}

/**
 * Wants the token, or the session that was given for it, for everything but `/health`, which shows less without it, and
 * what leads a browser to its session (`unauthorized`).
 */
export function checkToken(apiToken: string | null): MiddlewareHandler<AppEnv> {
  return async (context, next) => {
    const { path } = context.req;
    const isOpen = path === '/health' || path === '/session' || isPagePath(path);
    if (!isOpen && !isAuthorized(context, apiToken)) {
      const sent = context.req.header('authorization') !== undefined;
      throw sent ? wrongToken() : new WorkOrderError('unauthorized', 'The request carries no token.');
    }
    await next();
  };
}

/** Throws `unauthorized` for any text but the token. */
export function checkSentToken(sent: string, apiToken: string): void {
  if (!equalInConstantTime(sent, apiToken)) throw wrongToken();
}

function wrongToken(): WorkOrderError {
  return new WorkOrderError('unauthorized', 'The token is not the right one.');
}

/** A webhook proves by its signature where it is from, by whatever name it reaches the service. */
export function exceptForWebhooks(check: MiddlewareHandler<AppEnv>): MiddlewareHandler<AppEnv> {
  return (context, next) => (context.req.path.startsWith('/webhooks/') ? next() : check(context, next));
}

export function isAuthorized(context: Context<AppEnv>, apiToken: string | null): boolean {
  if (apiToken === null) return true;
  const header = context.req.header('authorization');
  if (header === undefined) {
    const session = sentSession(context);
    return session !== undefined && equalInConstantTime(session, sessionOf(apiToken));
  }
  const sent = /^bearer +(\S+) *$/i.exec(header)?.[1];
  return sent !== undefined && equalInConstantTime(sent, apiToken);
}

/** Compares digests, so that neither the time nor a difference in length tells anything about the token. */
function equalInConstantTime(left: string, right: string): boolean {
  return timingSafeEqual(digest(left), digest(right));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function hostOf(context: Context<AppEnv>): string {
  return context.req.header('host') ?? new URL(context.req.url).host;
}
