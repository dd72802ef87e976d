import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServiceProcess } from '../crash/killed-service.ts';
import { apiOf } from '../suites/api.ts';
import { makeWorkPlace } from '../suites/work-place.ts';
import { accessibilityFaults } from './axe.ts';
import { NO_BROWSER, launchBrowser, openTab } from './browser.ts';

describe.skipIf(NO_BROWSER)(`making a work order in a browser${NO_BROWSER}`, () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchBrowser();
  });

  afterAll(() => browser.close());

  test('the first one, from an empty board: the sample, watched to its end', async () => {
    using place = makeWorkPlace({ gated: false });
    await using service = await startServiceProcess({ ...place.configuration(), demoPace: 0.1 });
    const page = await openTab(browser);
    await page.goto(service.url);
    await page.getByText('No work order yet').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Try it with the sample' }).click();
    await page.waitForURL(/\/work-orders\/wo-/);
    await page.getByText('branch pushed').first().waitFor();
    await page.getByText('running node --test').first().waitFor();
    expect(await page.title()).toContain('completed');
    expect(await accessibilityFaults(page)).toEqual([]);
    const id = new URL(page.url()).pathname.split('/').at(-1)!;
    expect((await apiOf(service.url).steps(id)).steps_completed).toBe(7);
    await page.close();
  });

  test('by the form: faults at their fields, and one work order however often it is sent', async () => {
    using place = makeWorkPlace({ gated: true });
    await using service = await startServiceProcess(place.configuration());
    const page = await openTab(browser, { expected: /status of 422/ });
    await page.goto(`${service.url}/new`);
    await page.getByRole('button', { name: 'Create work order' }).click();
    await page.getByText('It must not be empty.').first().waitFor();
    expect(await page.evaluate('document.activeElement.getAttribute("name")')).toBe('repository_url');
    expect(await accessibilityFaults(page)).toEqual([]);

    await page.getByLabel('Repository').fill(place.repository);
    await page.getByLabel('Request').fill('Keep a list');
    await page.reload();
    expect(await page.getByLabel('Request').inputValue()).toBe('Keep a list');
    await page.getByRole('button', { name: 'Create work order' }).dblclick();
    await page.waitForURL(/\/work-orders\/wo-/);
    const response = await apiOf(service.url).get('/agent-work-orders');
    expect(await response.json()).toHaveLength(1);
    await page.close();
  });

  test('two boards at once both show it, without being asked', async () => {
    using place = makeWorkPlace({ gated: true });
    await using service = await startServiceProcess(place.configuration());
    const boards = [await openTab(browser), await openTab(browser, { viewport: { width: 390, height: 844 } })];
    for (const board of boards) {
      await board.goto(service.url);
      await board.getByText('live', { exact: true }).first().waitFor();
    }
    await apiOf(service.url).submit({ repository_url: place.repository, user_request: 'Keep a list' });
    for (const board of boards) await board.getByText('Keep a list').first().waitFor();
    place.open('classify', 'plan', 'implement');
    for (const board of boards) {
      await board.getByText('7 of 7 steps').first().waitFor();
      expect(await accessibilityFaults(board)).toEqual([]);
      expect(await board.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      await board.close();
    }
  });
});
