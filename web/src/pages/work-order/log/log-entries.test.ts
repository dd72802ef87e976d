import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LogFilter } from '../../../api/log.ts';
import { LogEntries } from './log-entries.ts';

const ALL: LogFilter = { step: null, level: null, events: [], text: '' };
const TOTAL = 100_000;
let offsets: number[];

beforeEach(() => {
  offsets = [];
  vi.stubGlobal('fetch', (path: string) => {
    const { pathname, searchParams } = new URL(path, 'http://service.test');
    if (pathname.endsWith('/stream')) return Promise.resolve(new Response(null, { status: 204 }));
    const offset = Number(searchParams.get('offset'));
    offsets.push(offset);
    const length = Math.min(Number(searchParams.get('limit')), TOTAL - offset);
    const log_entries = Array.from({ length }, (_, index) => ({ seq: offset + index + 1 }));
    return Promise.resolve(Response.json({ log_entries, total: TOTAL }));
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

test('a long log is opened at its end, read where one looks, and kept in part', async () => {
  const entries = new LogEntries('wo-4f7k2m9x', ALL);
  const close = entries.subscribe(() => {});
  await vi.waitFor(() => expect(entries.getView().total).toBe(TOTAL));
  expect(offsets).toEqual([0, 99_900]);
  expect(entries.at(TOTAL - 1)?.seq).toBe(TOTAL);
  expect(entries.at(50_000)).toBeUndefined();
  for (let page = 100; page < 200; page += 1) {
    entries.want(page * 100, page * 100 + 40);
    await vi.waitFor(() => expect(entries.at(page * 100)?.seq).toBe(page * 100 + 1), { interval: 1 });
  }
  const kept = Array.from({ length: TOTAL }, (_, index) => entries.at(index)).filter((entry) => entry !== undefined);
  expect(kept).toHaveLength(30 * 100);
  expect(kept.at(0)?.seq).toBe(170 * 100 + 1);
  close();
});

test('of a scroll bar that is dragged only the place where it rests is asked for', async () => {
  const entries = new LogEntries('wo-4f7k2m9x', ALL);
  const close = entries.subscribe(() => {});
  await vi.waitFor(() => expect(entries.getView().total).toBe(TOTAL));
  for (let at = 1_000; at < 50_000; at += 1_000) entries.want(at, at + 40);
  await vi.waitFor(() => expect(entries.at(49_000)).toBeDefined());
  expect(offsets).toEqual([0, 99_900, 1_000, 49_000]);
  close();
});
