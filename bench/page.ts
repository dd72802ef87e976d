import { mkdirSync, statSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { z } from 'zod';
import { buildPageIfStale } from '../scripts/page.ts';
import { WorkOrderSchema } from '../src/contract/work-order.ts';
import { findChromium } from '../test/page/chromium.ts';
import type { Benchmark, Figure } from './measure.ts';
import { alternate, figure } from './measure.ts';
import { ENTRIES, LARGE_TEXT, fillStore } from './page-fixture.ts';
import { serve } from './served.ts';

const PAINTS = 15;
const OPENINGS = 8;
const SCROLL_MS = 4_000;
const SCROLL_PX_A_FRAME = 300;
const MAX_FIRST_VIEW_KB = 200;
const MAX_FRAME_MS = 34;

/** What somebody who opens the page in a real Chromium waits for, beside pages that are nothing but text. */
export const page: Benchmark = {
  name: 'page',
  async run({ directory }) {
    const executablePath = findChromium();
    if (executablePath === null) {
      console.log('page: not measured, there is no Chromium here. Install it: apt-get install chromium');
      return [];
    }
    await buildPageIfStale();
    const data = join(directory, 'data');
    mkdirSync(data);
    const { long, short } = await fillStore(data);
    await using service = await serve({ directory, flags: ['--data-dir', data] });
    const answer = await fetch(`${service.url}/agent-work-orders`);
    const titles = z
      .array(WorkOrderSchema)
      .parse(await answer.json())
      .map(({ user_request }) => user_request);
    await using bare = await startBarePages(titles);
    // It refuses to sandbox what root starts; the pages are our own.
    const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    await using browser = await chromium.launch({ executablePath, args: ['--disable-gpu', ...sandbox] });
    return [
      await firstPaint(browser, service.url, bare.url),
      await firstView(browser, service.url),
      ...(await scrolling(browser, { url: service.url, long, short, bareUrl: bare.url })),
      await largeEntry(browser, `${service.url}/work-orders/${long}`, bare.url),
    ];
  },
};

async function firstPaint(browser: Browser, url: string, bareUrl: string): Promise<Figure> {
  const product: number[] = [];
  const peer: number[] = [];
  await alternate(PAINTS, [
    async () => void product.push(await msUntilListed(browser, url)),
    async () => void peer.push(await msUntilListed(browser, `${bareUrl}/list`)),
  ]);
  return figure({
    name: 'the board, until its work orders are painted',
    unit: 'ms',
    product,
    peers: { 'the same words as HTML of a bare server': peer },
    note: 'nothing is in the cache of the browser',
  });
}

/** From the start of the navigation, by the clock of the page, to the frame that has the list in it. */
async function msUntilListed(browser: Browser, url: string): Promise<number> {
  return inTab(browser, async (tab) => {
    await tab.goto(url, { waitUntil: 'commit' });
    return await tab.evaluate<number>('probe.untilListed()');
  });
}

/** By what the service has compressed: the sizes of the scripts that the board asks for. */
async function firstView(browser: Browser, url: string): Promise<Figure> {
  const scripts = await inTab(browser, async (tab) => {
    await tab.goto(url);
    await tab.locator('main li').first().waitFor();
    return await tab.evaluate<readonly string[]>(
      `performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname).filter((path) => path.endsWith('.js'))`,
    );
  });
  const bytes = scripts.reduce((sum, path) => sum + statSync(join('dist/page', `${path}.gz`)).size, 0);
  return figure({
    name: 'JavaScript of the first view, by gzip',
    unit: 'KB',
    product: [bytes / 1_000],
    aim: { says: `at most ${MAX_FIRST_VIEW_KB} KB`, met: ({ product }) => product.median <= MAX_FIRST_VIEW_KB },
  });
}

async function scrolling(
  browser: Browser,
  { url, long, short, bareUrl }: Readonly<Record<'url' | 'long' | 'short' | 'bareUrl', string>>,
): Promise<readonly Figure[]> {
  const ofLong = await scrolled(browser, `${url}/work-orders/${long}`, '[aria-label="Log entries"]');
  const ofShort = await scrolled(browser, `${url}/work-orders/${short}`, '[aria-label="Log entries"]');
  const ofBare = await scrolled(browser, `${bareUrl}/tall`, 'main');
  return [
    figure({
      name: `a frame while ${ENTRIES.toLocaleString('en')} entries scroll`,
      unit: 'ms',
      product: ofLong.frames,
      peers: { 'an empty box of the same height': ofBare.frames },
      aim: { says: `99 of 100 in ${MAX_FRAME_MS} ms`, met: ({ product }) => product.p99 <= MAX_FRAME_MS },
      note: `${SCROLL_PX_A_FRAME} px a frame, for ${SCROLL_MS / 1_000} s`,
    }),
    figure({
      name: 'the heap of the page after it',
      unit: 'MB',
      product: [ofLong.heapMb],
      peers: { 'the same of a log of 100 entries': [ofShort.heapMb] },
    }),
  ];
}

/** Scrolls a box up from its end; how long each frame took, and the heap after what is garbage was collected. */
async function scrolled(browser: Browser, url: string, box: string) {
  return inTab(browser, async (tab) => {
    await tab.goto(url);
    await tab.locator(box).waitFor();
    await tab.waitForFunction(`document.querySelector(${JSON.stringify(box)}).scrollTop > 0`);
    const scroll = `probe.scrollUp(${JSON.stringify(box)}, ${SCROLL_MS}, ${SCROLL_PX_A_FRAME})`;
    const frames = await tab.evaluate<readonly number[]>(scroll);
    const session = await tab.context().newCDPSession(tab);
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    return { frames, heapMb: usedSize / 1e6 };
  });
}

async function largeEntry(browser: Browser, url: string, bareUrl: string): Promise<Figure> {
  const product: number[] = [];
  const peer: number[] = [];
  await alternate(OPENINGS, [
    async () => {
      await inTab(browser, async (tab) => {
        await tab.goto(url);
        await tab.getByRole('button', { name: /^all of it/ }).waitFor();
        product.push(await click(tab, '[aria-label="Log entries"] button[aria-expanded=false]'));
      });
    },
    async () => {
      await inTab(browser, async (tab) => {
        await tab.goto(`${bareUrl}/large`);
        peer.push(await click(tab, 'button'));
      });
    },
  ]);
  return figure({
    name: 'an entry of 1 MB, from the click until it is painted',
    unit: 'ms',
    product,
    peers: { 'all of it at once in a <pre> of a bare page': peer },
  });
}

function click(tab: Page, selector: string): Promise<number> {
  return tab.evaluate(`probe.clickUntilShown(${JSON.stringify(selector)}, 'the first line of it')`);
}

/** A tab of a person of its own: nothing is cached. */
async function inTab<Value>(browser: Browser, work: (tab: Page) => Promise<Value>): Promise<Value> {
  await using context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  await context.addInitScript({ path: join(import.meta.dirname, 'page-probe.mjs') });
  return await work(await context.newPage());
}

interface BarePages extends AsyncDisposable {
  readonly url: string;
}

/** The peers: pages without anything but what they show. */
async function startBarePages(titles: readonly string[]): Promise<BarePages> {
  const pages: Readonly<Record<string, string>> = {
    '/list': `<main><ul>${titles.map((title) => `<li>${title}</li>`).join('')}</ul></main>`,
    '/tall': `<main style="height:600px;overflow:auto"><div style="height:4000000px"></div></main>
      <script>document.querySelector('main').scrollTop = 4000000</script>`,
    '/large': `<button>Open</button><script>document.querySelector('button').onclick = () => {
      fetch('/text').then((response) => response.text()).then((text) => {
        document.body.append(Object.assign(document.createElement('pre'), { textContent: text }));
      });
    }</script>`,
    '/text': LARGE_TEXT,
  };
  const server: Server = createServer(({ url = '' }, response) => {
    response.setHeader('content-type', url === '/text' ? 'text/plain' : 'text/html; charset=utf-8');
    response.end(`${url === '/text' ? '' : '<!doctype html>'}${pages[url] ?? ''}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
