import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LogEntry } from '../../../api/log.ts';
import { LogPanel } from './log-panel.tsx';

/** What the service would answer, from a log that a test writes. */
class Service {
  readonly entries: LogEntry[] = [];
  readonly asked: URL[] = [];
  private readonly streams = new Set<(entry: LogEntry) => void>();

  write(...entries: readonly Partial<LogEntry>[]): void {
    for (const entry of entries) {
      const seq = this.entries.length + 1;
      const plain = {
        timestamp: '2026-11-25T09:00:00.000Z',
        level: 'info',
        event: 'text',
        step: 'plan',
        attempt: 1,
      } as const;
      const whole = { seq, ...plain, message: `line ${seq}`, data: null, ...entry };
      this.entries.push(whole);
      for (const send of this.streams) send(whole);
    }
  }

  readonly fetch = async (path: string, { signal }: RequestInit = {}): Promise<Response> => {
    const url = new URL(path, 'http://service.test');
    this.asked.push(url);
    const { searchParams: query } = url;
    const fits = ({ step, message }: LogEntry): boolean =>
      (query.get('step') ?? step) === step && message.toLowerCase().includes(query.get('text')?.toLowerCase() ?? '');
    if (url.pathname.endsWith('/stream')) return this.stream(fits, signal ?? null);
    const one = /\/logs\/(\d+)$/.exec(url.pathname)?.[1];
    if (one) return Response.json(this.entries[Number(one) - 1]);
    const fitting = this.entries.filter(fits);
    const offset = Number(query.get('offset'));
    const longest = Number(query.get('max_length'));
    const preview = (entry: LogEntry): LogEntry =>
      entry.message.length > longest ? { ...entry, message: entry.message.slice(0, longest), truncated: true } : entry;
    const log_entries = fitting.slice(offset, offset + Number(query.get('limit'))).map(preview);
    return Response.json({ log_entries, total: fitting.length, offset });
  };

  private stream(fits: (entry: LogEntry) => boolean, signal: AbortSignal | null): Response {
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        controller.enqueue(encoder.encode(': caught up\n\n'));
        const send = (entry: LogEntry): void => {
          if (fits(entry)) controller.enqueue(encoder.encode(`id: ${entry.seq}\ndata: ${JSON.stringify(entry)}\n\n`));
        };
        this.streams.add(send);
        signal?.addEventListener('abort', () => this.streams.delete(send));
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  }
}

let service: Service;

beforeEach(() => {
  service = new Service();
  vi.stubGlobal('fetch', service.fetch);
  // A document without a browser has no sizes, and a list of no height shows no row.
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(800);
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(24);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function show(step: 'plan' | 'implement' | null = null) {
  const queryClient = new QueryClient();
  const panel = (chosen: typeof step) => (
    <QueryClientProvider client={queryClient}>
      <LogPanel id="wo-4f7k2m9x" step={chosen} isLive />
    </QueryClientProvider>
  );
  const { rerender } = render(panel(step));
  return { choose: (chosen: typeof step) => rerender(panel(chosen)) };
}

test('what is said while one looks is shown', async () => {
  show();
  await screen.findByText('Nothing has been said yet.');
  await screen.findByText('live');
  service.write({ message: 'Here I am.' });
  await screen.findByText('Here I am.');
  expect(screen.getByText('1 entry')).toBeDefined();
});

test('a tool is called in a card, with its outcome, and opens on demand', async () => {
  service.write(
    {
      event: 'tool_call',
      message: 'running npm test',
      data: { tool: 'Bash', input: { command: 'npm test\n--watch' } },
    },
    {
      event: 'tool_result',
      level: 'warn',
      message: 'exit code 1',
      timestamp: '2026-11-25T09:00:04.000Z',
      data: { ok: false },
    },
  );
  show();
  const card = await screen.findByRole('button', { name: /Bash running npm test/, expanded: false });
  expect(card.textContent).toMatch(/failed4\.0 s$/);
  await userEvent.click(card);
  expect(within(screen.getByRole('region', { name: 'command' })).getByText(/--watch/)).toBeDefined();
});

test('an entry that is too long for the list is asked for whole when it is opened', async () => {
  service.write({ message: `${'x'.repeat(20_000)} the end` });
  show();
  await userEvent.click(await screen.findByRole('button', { name: 'all of it of entry 1' }));
  await screen.findByText(/the end$/);
  expect(service.asked.some(({ pathname }) => pathname.endsWith('/logs/1'))).toBe(true);
});

test('words are looked for by the service, marked, and shown with what stands around them', async () => {
  service.write(...Array.from({ length: 9 }, () => ({})), { message: 'A Needle here' }, {});
  show();
  await screen.findByText('line 1');
  await userEvent.type(screen.getByRole('searchbox', { name: 'Search the log' }), 'needle');
  await screen.findByText('1 match');
  expect((await screen.findByText('Needle')).tagName).toBe('MARK');
  expect(screen.queryByText('line 1')).toBeNull();
  await userEvent.click(screen.getByRole('button', { name: 'Next match' }));
  await screen.findByText('1 of 1 match');
  await userEvent.click(screen.getByRole('button', { name: 'Show what stands around entry 10' }));
  await screen.findByText('line 1');
  expect(screen.getByRole<HTMLInputElement>('searchbox').value).toBe('');
});

test('the chosen step is shown, until all of them are wanted', async () => {
  service.write({ message: 'planning' }, { step: 'implement', message: 'implementing' });
  const { choose } = show('plan');
  await screen.findByText('planning');
  expect(screen.queryByText('implementing')).toBeNull();
  choose('implement');
  await screen.findByText('implementing');
  expect(screen.queryByText('planning')).toBeNull();
  await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Step' }), 'All steps');
  await screen.findByText('planning');
});

test('hostile text is text', async () => {
  service.write({
    message: '<img src=x onerror=alert(1)> \u202egnp.exe \u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007',
  });
  show();
  await screen.findByText('‹U+202E›');
  expect(document.querySelector('img, a[href*=evil]')).toBeNull();
  expect(screen.getByText(/onerror=alert/)).toBeDefined();
});

test('who scrolls up is left in peace, told how much is new, and brought to the end when that is wanted', async () => {
  service.write(...Array.from({ length: 300 }, () => ({})));
  show();
  const list = await screen.findByRole('region', { name: 'Log entries' });
  await screen.findByText('300 entries');
  await screen.findByText('live');
  // The very first turn of the wheel, before anything has moved.
  fireEvent.wheel(list, { deltaY: -10 });
  await screen.findByRole('button', { name: 'To the end' });
  service.write({}, {});
  await userEvent.click(await screen.findByRole('button', { name: '2 new' }));
  await screen.findByText('302 entries');
  expect(screen.queryByRole('button', { name: /new|To the end/ })).toBeNull();
});

test('a log that cannot be read says so, and can be asked for again', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new Error('gone')));
  show();
  await screen.findByText('The service could not be reached.');
  vi.stubGlobal('fetch', service.fetch);
  service.write({ message: 'back' });
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
  await waitFor(() => expect(screen.getByText('back')).toBeDefined());
});
