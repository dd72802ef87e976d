import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../src/stores/sqlite.ts';
import { startServiceProcess } from '../crash/killed-service.ts';
import { FULL_LIFE, aSavedWorkOrder } from '../suites/histories.ts';
import { makeWorkPlace } from '../suites/work-place.ts';
import { accessibilityFaults } from './axe.ts';
import { NO_BROWSER, launchBrowser, openTab } from './browser.ts';

const HOSTILE = [
  '<script>document.title = "taken"</script><img src=x onerror="document.title = 1">',
  '\u001b]8;;https://evil.example\u0007click\u001b]8;;\u0007 \u001b[31mred\u001b[0m \u001b[2J',
  'if (isAdmin\u202e \u2066// only admins\u2069 \u2066) {',
  '[click](javascript:alert(1)) \u0000 \ud800',
].join('\n');

const entry = { step: 'implement', attempt: 1, level: 'info', data: null } as const;

describe.skipIf(NO_BROWSER)(`what agents write, in a browser${NO_BROWSER}`, () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchBrowser();
  });

  afterAll(() => browser.close());

  test('is text, and nothing but text', async () => {
    using place = makeWorkPlace({ gated: false });
    const configuration = place.configuration();
    // The service makes the folder.
    await (await startServiceProcess(configuration)).kill();
    const file = join(place.dataDirectory, 'work-orders.db');
    const store = await openSqliteStore({ file, readOnly: false });
    const saved = await aSavedWorkOrder(store);
    for (const command of FULL_LIFE) await saved.give(command);
    const timestamp = '2026-11-25T09:00:00.000Z';
    await store.appendLog({
      workOrderId: saved.workOrderId,
      entries: [
        { ...entry, timestamp, event: 'text', message: HOSTILE },
        {
          ...entry,
          timestamp,
          event: 'tool_call',
          message: HOSTILE,
          data: { tool: '<b>Bash</b>', input: { command: HOSTILE } },
        },
      ],
    });
    await store[Symbol.asyncDispose]();
    await using service = await startServiceProcess(configuration);
    const page = await openTab(browser);
    await page.goto(`${service.url}/work-orders/${saved.workOrderId}?tab=log`);
    await page.getByText('<script>').first().waitFor();
    const seen = await page.locator('main').innerText();
    expect(seen.match(/[\p{Cc}\p{Bidi_Control}]/gu)?.filter((character) => character !== '\n') ?? []).toEqual([]);
    expect(await page.title()).not.toMatch(/^(?:taken|1)$/);
    expect(await page.locator('main img, main script, main a[href^="javascript"], main a[href*="evil"]').count()).toBe(
      0,
    );
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.close();
  });

  test('is a hundred thousand entries, of which the page holds those in view', async () => {
    using place = makeWorkPlace({ gated: false });
    const configuration = place.configuration();
    await (await startServiceProcess(configuration)).kill();
    const store = await openSqliteStore({ file: join(place.dataDirectory, 'work-orders.db'), readOnly: false });
    const saved = await aSavedWorkOrder(store);
    for (const command of FULL_LIFE) await saved.give(command);
    const timestamp = '2026-11-25T09:00:00.000Z';
    for (let begun = 0; begun < 100_000; begun += 1_000) {
      const entries = Array.from({ length: 1_000 }, (_, index) => ({
        ...entry,
        timestamp,
        event: 'text',
        message: `line ${begun + index + 1}`,
      }));
      await store.appendLog({ workOrderId: saved.workOrderId, entries });
    }
    await store[Symbol.asyncDispose]();
    await using service = await startServiceProcess(configuration);
    const page = await openTab(browser);
    await page.goto(`${service.url}/work-orders/${saved.workOrderId}?tab=log`);
    await page.getByText('line 100000', { exact: true }).waitFor();
    await page.getByText('line 100000', { exact: true }).hover();
    await page.mouse.wheel(0, -2_000_000);
    await page
      .getByText(/^line [1-8]\d{0,4}$/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'To the end' }).click();
    await page.getByText('line 100000', { exact: true }).waitFor();
    expect(await page.locator('main *').count()).toBeLessThan(5_000);
    await page.close();
  });
});
