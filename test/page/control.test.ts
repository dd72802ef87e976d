import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServiceProcess } from '../crash/killed-service.ts';
import { apiOf } from '../suites/api.ts';
import { makeWorkPlace } from '../suites/work-place.ts';
import { accessibilityFaults } from './axe.ts';
import { NO_BROWSER, launchBrowser, openTab } from './browser.ts';

describe.skipIf(NO_BROWSER)(`steering a work order in a browser${NO_BROWSER}`, () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchBrowser();
  });

  afterAll(() => browser.close());

  test('a step that fails opens itself with its reason and what to do, and is tried again from there', async () => {
    using place = makeWorkPlace({ gated: true });
    await using service = await startServiceProcess(place.configuration());
    place.open('classify', 'plan', 'fail-implement', 'implement');
    const api = apiOf(service.url);
    const id = await api.submit({ repository_url: place.repository, user_request: 'Keep a list' });
    const page = await openTab(browser);
    await page.goto(`${service.url}/work-orders/${id}`);
    const row = page.getByRole('listitem').filter({ hasText: 'implement' }).first();
    await row.getByText('agent_crashed').waitFor();
    await row
      .getByText(/exit code 3/)
      .first()
      .waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 800 });

    place.close('fail-implement');
    await page
      .getByRole('button', { name: /^Retry/ })
      .first()
      .click();
    const dialog = page.getByRole('dialog');
    expect(await accessibilityFaults(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Retry' }).click();
    await page.getByText('branch pushed').first().waitFor();
    const { steps } = await api.steps(id);
    expect(steps.filter(({ step }) => step === 'implement').map(({ status }) => status)).toEqual([
      'failed',
      'succeeded',
    ]);
    await page.close();
  });

  test('a plan is read, rejected with a reason, and the next one edited and approved', async () => {
    using place = makeWorkPlace({ gated: true });
    await using service = await startServiceProcess(place.configuration());
    place.open('classify', 'plan', 'implement');
    const api = apiOf(service.url);
    const order = { repository_url: place.repository, user_request: 'Keep a list', approve_plan: true };
    const id = await api.submit(order);
    const page = await openTab(browser);
    await page.goto(service.url);
    await page.getByRole('link', { name: 'Review and approve' }).click();
    await page.getByRole('heading', { name: 'Chore: Keep a list' }).waitFor();
    await page.getByRole('button', { name: /^Reject/ }).click();
    await page.getByLabel('What shall be otherwise').fill('Say where the list is');
    await page.getByRole('dialog').getByRole('button', { name: 'Reject' }).click();
    await page.getByText('Version').first().waitFor();
    const refused = (event: { readonly type: string }) => event.type === 'approval_refused';
    await api.until(id, refused);
    const waiting = (event: { readonly type: string; readonly seq: number }) => event.type === 'work_order_waiting';
    let waits = 0;
    await api.until(id, (event) => waiting(event) && (waits += 1) === 2);

    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByRole('textbox').first().fill('# Chore: Keep a better list\n\n- [ ] Append a line to list.txt.\n');
    await page.getByRole('button', { name: /^Save/ }).click();
    await page.getByRole('heading', { name: 'Chore: Keep a better list' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: /^Approve/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    await page.getByText('branch pushed').first().waitFor();
    const { git_branch_name, plan_path } = await api.workOrder(id);
    expect(place.git('show', `${git_branch_name}:${plan_path}`)).toContain('better list');
    await page.close();
  });

  test('a cancel says what it does, and is shown when the agent is dead', async () => {
    using place = makeWorkPlace({ gated: true });
    await using service = await startServiceProcess(place.configuration());
    const api = apiOf(service.url);
    const id = await api.submit({ repository_url: place.repository, user_request: 'Keep a list' });
    await api.untilLogged(id, 'working on classify');
    const page = await openTab(browser);
    await page.goto(`${service.url}/work-orders/${id}`);
    await page.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name: /^Cancel/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the work order' }).click();
    await page.getByText('cancelled', { exact: true }).first().waitFor();
    expect(place.livingAgents()).toEqual([]);
    await page.close();
  });

  test('everything is reached by keyboard: the palette leads to a work order and takes its actions', async () => {
    using place = makeWorkPlace({ gated: true });
    await using service = await startServiceProcess(place.configuration());
    await apiOf(service.url).submit({ repository_url: place.repository, user_request: 'Keep a list' });
    const page = await openTab(browser);
    await page.goto(service.url);
    await page.getByText('Keep a list').first().waitFor();
    await page.keyboard.press('Control+k');
    await page.getByLabel('Find a command').waitFor();
    await page.keyboard.type('Keep a li');
    await page.getByRole('option', { name: /Keep a list/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/work-orders\/wo-/);
    await page.getByRole('heading', { name: 'Keep a list' }).waitFor();
    await page.keyboard.press('Control+k');
    await page.getByLabel('Find a command').waitFor();
    await page.keyboard.type('Cancel');
    await page.getByRole('option', { name: /Cancel/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Cancel this work order?' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.close();
  });
});
