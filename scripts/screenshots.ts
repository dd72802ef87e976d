import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContextOptions } from 'playwright-core';
import { readConfiguration } from '../src/contract/configuration.ts';
import { startService } from '../src/server.ts';
import { launchBrowser } from '../test/page/browser.ts';
import { apiOf } from '../test/suites/api.ts';
import { buildPageIfStale } from './page.ts';

/*
 * `npm run screenshots`: the pictures of the page in `docs/images`, of a real service with work orders of the demo agent.
 */

const FOLDER = 'docs/images';
const WIDE = { viewport: { width: 1200, height: 780 } };
const PHONE = { viewport: { width: 390, height: 780 } };

await buildPageIfStale();
mkdirSync(FOLDER, { recursive: true });
const dataDirectory = mkdtempSync(join(tmpdir(), 'awo-screenshots-'));
const configuration = readConfiguration({
  flags: {},
  environment: {},
  file: null,
  defaults: { dataDirectory, maxRunning: 2 },
});
const service = await startService({ ...configuration, port: 0, logLevel: 'error' });
const browser = await launchBrowser();
const api = apiOf(service.url);
try {
  const sample: { readonly repository_url: string } = JSON.parse(await (await api.post('/service/sample')).text());
  const order = (user_request: string, more: Readonly<Record<string, unknown>> = {}) =>
    api.submit({ repository_url: sample.repository_url, agent: 'demo', user_request, ...more });

  const done = await order('Add a --shout option that greets in capital letters');
  await ended(done);
  const failed = await order('Translate the greeting into French', { checks: ['npm run lint'] });
  await ended(failed);
  const waiting = await order('Fix: called without a name it says "Hello, !"', { approve_plan: true });
  await api.until(waiting, ({ type }) => type === 'work_order_waiting');
  for (const name of ['running', 'board'] as const) {
    const id = await order('Add a --shout option to the greeter, with a test');
    await api.untilLogged(id, 'editing src/greet.js');
    if (name === 'running') await picture(name, `/work-orders/${id}`, 'editing');
    else await picture(name, '/', 'running', { colorScheme: 'dark' });
    await ended(id);
  }
  await picture('plan', `/work-orders/${waiting}`, 'Validation commands');
  await picture('failed', `/work-orders/${failed}`, 'Evidence', { colorScheme: 'dark' });
  await picture('diff', `/work-orders/${done}?tab=diff`, 'changed files');
  await picture('phone', `/work-orders/${done}`, 'branch pushed', PHONE);
} finally {
  await browser.close();
  await service.stop();
  rmSync(dataDirectory, { recursive: true, force: true });
}

async function ended(id: string): Promise<void> {
  await api.until(id, ({ type }) => type === 'work_order_completed' || type === 'work_order_failed');
}

/** Takes a picture when the page shows `text` and has nothing under way. */
async function picture(name: string, path: string, text: string, options: BrowserContextOptions = {}): Promise<void> {
  const page = await browser.newPage({ locale: 'en-GB', reducedMotion: 'reduce', ...WIDE, ...options });
  await page.goto(`${service.url}${path}`);
  await page.getByText(text).first().waitFor();
  await page.evaluate('document.fonts.ready');
  await page.waitForTimeout(300);
  await page.screenshot({ path: join(FOLDER, `${name}.png`) });
  await page.close();
}
