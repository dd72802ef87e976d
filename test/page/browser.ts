import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { findChromium } from './chromium.ts';

const CHROMIUM = findChromium();

/** For `describe.skipIf`, and for the name of what is skipped: the reason is printed with it. */
export const NO_BROWSER = CHROMIUM === null ? ' (not run: no Chromium is installed)' : '';

/** A real Chromium without a window, and without the calls to its maker. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM ?? '',
    args: [
      // It refuses to sandbox what root starts; the pages are our own.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/**
 * A tab of a person of its own. At the end of the test it must have met no error: no exception, and nothing that the
 * content security policy has kept out. What a test breaks on purpose (a service that is gone) it names by `expected`.
 */
export async function openTab(
  browser: Browser,
  { expected, ...options }: BrowserContextOptions & { readonly expected?: RegExp } = {},
): Promise<Page> {
  const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  onTestFinished(async () => {
    await context.close();
    expect(errors.filter((error) => !expected?.test(error))).toEqual([]);
  });
  return page;
}
