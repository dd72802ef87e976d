import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServiceProcess } from '../crash/killed-service.ts';
import { apiOf } from '../suites/api.ts';
import { makeWorkPlace } from '../suites/work-place.ts';
import { NO_BROWSER, launchBrowser, openTab } from './browser.ts';

describe.skipIf(NO_BROWSER)(`watching a work order in a browser${NO_BROWSER}`, () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchBrowser();
  });

  afterAll(() => browser.close());

  test('shows each step as it happens, and goes on after the service was killed and started again', async () => {
    using place = makeWorkPlace({ gated: true });
    const configuration = place.configuration();
    const first = await startServiceProcess(configuration);
    const port = Number(new URL(first.url).port);
    const id = await apiOf(first.url).submit({ repository_url: place.repository, user_request: 'Keep a list' });

    const page = await openTab(browser, {
      expected: /net::ERR_/,
    });
    await page.goto(`${first.url}/work-orders/${id}`);
    await page.getByText('live', { exact: true }).first().waitFor();
    await first.kill();
    await page.getByText('disconnected').first().waitFor();

    await using second = await startServiceProcess({ ...configuration, port });
    await page.getByText('live', { exact: true }).first().waitFor();
    place.open('classify', 'plan', 'implement');
    await page.getByText('completed').first().waitFor();
    const { steps } = await apiOf(second.url).steps(id);
    expect(steps.map(({ status }) => status).filter((status) => status === 'interrupted')).toHaveLength(1);
  });

  test('wants the token where there is one, and stays signed in', async () => {
    using place = makeWorkPlace({ gated: true });
    await using service = await startServiceProcess({ ...place.configuration(), apiToken: 'a-token-of-the-test' });
    const page = await openTab(browser, { expected: /status of 401/ });
    await page.goto(service.url);
    await page.getByLabel('Token').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('The token is not the right one.').waitFor();
    await page.getByLabel('Token').fill('a-token-of-the-test');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Work orders' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Work orders' }).waitFor();
    expect(await page.getByLabel('Token').count()).toBe(0);
    // The board follows a stream, which is not to break before the service ends.
    await page.close();
  });
});
