import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApp } from '../../src/http/app.ts';
import { startParts } from './support.ts';

const TOKEN = 'a-token-of-the-test';

let directory: string;
let parts: Awaited<ReturnType<typeof startParts>>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'awo-page-'));
  await mkdir(join(directory, 'assets'));
  await writeFile(join(directory, 'index.html'), '<meta name="csp-nonce" content="__CSP_NONCE__" /><div id="root">');
  await writeFile(join(directory, 'assets', 'index-1234.js'), 'document.title = "x";');
  await writeFile(join(directory, 'icon.svg'), '<svg/>');
  parts = await startParts();
});

afterAll(async () => {
  await parts[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

interface Asked {
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function ask(path: string, init: Asked = {}, apiToken: string | null = null) {
  const app = createApp({ ...parts.dependencies, apiToken, pageDirectory: directory });
  return Promise.resolve(app.request(path, { ...init, headers: { host: 'localhost', ...init.headers } }));
}

describe('the page', () => {
  test.each(['/', '/new', '/known-repositories', '/work-orders/wo-12345678'])('is at %s', async (path) => {
    const response = await ask(path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    expect(await response.text()).toContain('<div id="root">');
  });

  test('lets in no script and no style but its own, by a nonce that is another one each time', async () => {
    const nonces = new Set<string>();
    for (const response of [await ask('/'), await ask('/')]) {
      const policy = response.headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(/default-src 'none'; script-src 'self'; style-src 'self' 'nonce-[^']{22,}';/);
      expect(policy).not.toContain('unsafe');
      const nonce = /content="([^"]+)"/.exec(await response.text())?.[1] ?? '';
      expect(policy).toContain(`'nonce-${nonce}'`);
      nonces.add(nonce);
    }
    expect(nonces.size).toBe(2);
  });

  test('has files that browsers keep, and says of others that they are not there', async () => {
    const script = await ask('/assets/index-1234.js');
    expect(script.status).toBe(200);
    expect(script.headers.get('content-type')).toMatch(/javascript/);
    expect(script.headers.get('cache-control')).toContain('immutable');
    expect((await ask('/assets/index-9999.js')).status).toBe(404);
    expect((await ask('/assets/..%2findex.html')).status).toBe(404);
    expect((await ask('/no-such-page')).status).toBe(404);
  });

  test('says how to build it where it was not built', async () => {
    const app = createApp({ ...parts.dependencies, pageDirectory: null });
    const response = await app.request('/', { headers: { host: 'localhost' } });
    expect(response.status).toBe(503);
    expect(await response.text()).toContain('npm run build');
  });
});

describe('a session', () => {
  const signIn = (token: string, headers: Record<string, string> = {}) =>
    ask(
      '/session',
      {
        method: 'POST',
        body: JSON.stringify({ token }),
        headers: { 'content-type': 'application/json', ...headers },
      },
      TOKEN,
    );

  test('lets a browser in that has given the token once, until the token changes', async () => {
    expect((await ask('/', {}, TOKEN)).status).toBe(200);
    expect((await ask('/agent-work-orders', {}, TOKEN)).status).toBe(401);

    const response = await signIn(TOKEN);
    expect(response.status).toBe(204);
    const cookie = response.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Strict/);
    expect(cookie).not.toContain(TOKEN);

    const headers = { cookie: cookie.split(';')[0]! };
    expect((await ask('/agent-work-orders', { headers }, TOKEN)).status).toBe(200);
    expect((await ask('/agent-work-orders', { headers }, 'another-token')).status).toBe(401);
    expect((await ask('/agent-work-orders', { headers: { cookie: 'awo_session=made-up' } }, TOKEN)).status).toBe(401);
  });

  test('is not given for a wrong token, nor to a page of another origin', async () => {
    expect((await signIn('wrong')).status).toBe(401);
    expect((await signIn('wrong')).headers.get('set-cookie')).toBeNull();
    const foreign = await signIn(TOKEN, { origin: 'https://evil.example' });
    expect(foreign.status).toBe(403);
    expect(foreign.headers.get('set-cookie')).toBeNull();
  });

  test('is secure where a proxy has spoken TLS, and is forgotten on demand', async () => {
    expect((await signIn(TOKEN, { 'x-forwarded-proto': 'https' })).headers.get('set-cookie')).toMatch(/Secure/);
    const response = await ask('/session', { method: 'DELETE' }, TOKEN);
    expect(response.headers.get('set-cookie')).toMatch(/Max-Age=0/);
  });
});
