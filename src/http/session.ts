import { createHmac } from 'node:crypto';
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { AppEnv } from './dependencies.ts';

const COOKIE = 'awo_session';
const MAX_AGE_SECONDS = 30 * 24 * 3_600;

/**
 * What a browser is given in place of the token: it outlives a restart of the service, ends with the token, and tells
 * nothing about it.
 */
export function sessionOf(apiToken: string): string {
  return createHmac('sha256', apiToken).update('awo session').digest('base64url');
}

export function sentSession(context: Context<AppEnv>): string | undefined {
  return getCookie(context, COOKIE);
}

/** No script reads the cookie, and no page of another site makes the browser send it. */
export function keepSession(context: Context<AppEnv>, apiToken: string): void {
  setCookie(context, COOKIE, sessionOf(apiToken), {
    httpOnly: true,
    sameSite: 'Strict',
    path: '/',
    maxAge: MAX_AGE_SECONDS,
    secure: context.req.header('x-forwarded-proto') === 'https',
  });
}

export function endSession(context: Context<AppEnv>): void {
  deleteCookie(context, COOKIE, { path: '/' });
}
