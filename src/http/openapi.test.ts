import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { OpenAPIHono } from '@hono/zod-openapi';
import { describe, expect, test } from 'vitest';
import { registerRoutes } from './app.ts';
import type { AppEnv } from './dependencies.ts';
import { DOCS_STYLE_HASH, docsPage } from './docs-page.ts';
import { documentOf, documentText } from './openapi.ts';

const root = new URL('../../', import.meta.url);

async function described() {
  const { version }: { version: string } = JSON.parse(await readFile(new URL('package.json', root), 'utf8'));
  const app = new OpenAPIHono<AppEnv>();
  registerRoutes(app);
  return { app, version, document: documentOf(app, version) };
}

describe('openapi.json', () => {
  test('is what the app serves (else run: node scripts/write-openapi.ts)', async () => {
    const { app, version } = await described();
    expect(await readFile(new URL('openapi.json', root), 'utf8')).toBe(documentText(app, version));
  });

  test('has every route of the app and no other', async () => {
    const { app, document } = await described();
    const routes = app.routes
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
    const paths = Object.entries(document.paths ?? {}).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(routes.length).toBeGreaterThan(10);
    expect([...new Set(paths)].toSorted()).toEqual([...new Set(routes)].toSorted());
  });

  test('has an id, a summary and error responses for each route, and every reference leads somewhere', async () => {
    const { document } = await described();
    const operations = Object.values(document.paths ?? {}).flatMap((item) =>
      [item.get, item.post, item.patch, item.delete].filter((one) => !!one),
    );
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(operations.length);
    for (const { summary, responses } of operations) {
      expect(summary).toBeTruthy();
      expect(responses).toHaveProperty('500');
    }
    const names = Object.keys(document.components.schemas ?? {});
    for (const [, name] of JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      expect(names).toContain(name);
    }
    expect(names).toEqual(expect.arrayContaining(['WorkOrder', 'Steps', 'EndedAttempt', 'Event', 'Problem', 'Fault']));
  });
});

describe('/docs', () => {
  test('shows every route and shape, without a script or anything from elsewhere', async () => {
    const { document } = await described();
    const page = String(await docsPage(document));
    for (const path of Object.keys(document.paths ?? {})) expect(page).toContain(`<code>${path}</code>`);
    for (const name of Object.keys(document.components.schemas ?? {})) expect(page).toContain(`<section id="${name}">`);
    expect(page).not.toMatch(/<script|<link|<img|\sstyle=|\son\w+=|https?:\/\/(?!example|github\.com\/example)/);
    for (const [, id] of page.matchAll(/href="#([^"]+)"/g)) expect(page).toContain(`id="${id}"`);
  });

  test('has one style, the one that its content security policy lets in', async () => {
    const page = String(await docsPage((await described()).document));
    const styles = [...page.matchAll(/<style>([^<]*)<\/style>/g)].map(([, style]) => style ?? '');
    const hashes = styles.map((style) => `sha256-${createHash('sha256').update(style).digest('base64')}`);
    expect(hashes).toEqual([DOCS_STYLE_HASH]);
  });

  test('escapes what it shows', async () => {
    const { document } = await described();
    const page = String(await docsPage({ ...document, info: { title: '<script>x</script>', version: '1' } }));
    expect(page).not.toContain('<script>');
  });
});
