import { readFile, writeFile } from 'node:fs/promises';
import { OpenAPIHono } from '@hono/zod-openapi';
import { registerRoutes } from '../src/http/app.ts';
import type { AppEnv } from '../src/http/dependencies.ts';
import { documentText } from '../src/http/openapi.ts';

// Writes openapi.json at the root of the repository; `src/http/openapi.test.ts` checks that it is up to date.
const root = new URL('../', import.meta.url);
const { version }: { version: string } = JSON.parse(await readFile(new URL('package.json', root), 'utf8'));
const app = new OpenAPIHono<AppEnv>();
registerRoutes(app);
await writeFile(new URL('openapi.json', root), documentText(app, version));
console.log('wrote openapi.json');
