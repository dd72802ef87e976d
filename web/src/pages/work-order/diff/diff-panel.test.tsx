import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DiffPanel } from './diff-panel.tsx';

const SMALL = `diff --git a/src/greet.js b/src/greet.js
--- a/src/greet.js
+++ b/src/greet.js
@@ -1,2 +1,2 @@
 const one = 1;
-const two = 2;
+const two = '<img src=x onerror=alert(1)>'; // \u202e
`;

function added(path: string, lines: number): string {
  const text = Array.from({ length: lines }, (_, index) => `+line ${index + 1} of ${path}\n`).join('');
  return `diff --git a/${path} b/${path}\nnew file mode 100644\n--- /dev/null\n+++ b/${path}\n@@ -0,0 +1,${lines} @@\n${text}`;
}

let diff: string;
let truncated: boolean;
let status: string;
let asked: URL[];
let sent: unknown[];

beforeEach(() => {
  diff = SMALL;
  truncated = false;
  status = 'running';
  asked = [];
  sent = [];
  localStorage.clear();
  vi.stubGlobal('fetch', (path: string, { body }: RequestInit = {}) => {
    const url = new URL(path, 'http://service.test');
    asked.push(url);
    if (url.pathname.endsWith('/diff')) {
      return Promise.resolve(new Response(diff, { headers: truncated ? { 'x-truncated': 'true' } : {} }));
    }
    if (url.pathname.endsWith('/prompt')) {
      sent.push(JSON.parse(typeof body === 'string' ? body : ''));
      return Promise.resolve(Response.json({ success: true }));
    }
    return Promise.resolve(Response.json({ status }));
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function show(): void {
  render(
    <QueryClientProvider client={new QueryClient()}>
      <DiffPanel id="wo-4f7k2m9x" step="implement" revision={1} />
    </QueryClientProvider>,
  );
}

test('a change is shown as text, and what would be hidden is told', async () => {
  show();
  await screen.findByText('1 changed file');
  const file = await screen.findByRole('region', { name: 'src/greet.js' });
  await within(file).findByText(/one = 1/);
  expect(file.textContent).toContain("const two = '<img src=x onerror=alert(1)>'; // ‹U+202E›");
  expect(document.querySelector('img')).toBeNull();
  within(file).getByText('has characters that one does not see');
});

test('a large file is folded, and opened on demand', async () => {
  diff = added('big.txt', 501) + SMALL;
  show();
  await screen.findByText(/one = 1/);
  const file = screen.getByRole('region', { name: 'big.txt' });
  expect(file.textContent).not.toContain('line 1 of');
  await userEvent.click(screen.getByText('Show 501 changed lines'));
  await vi.waitFor(() => expect(file.textContent).toContain('line 501 of big.txt'));
});

test('a diff that the service has cut says so, and where the rest is', async () => {
  truncated = true;
  show();
  const link = await screen.findByRole<HTMLAnchorElement>('link', { name: 'Download more of it' });
  expect(link.getAttribute('href')).toBe('/agent-work-orders/wo-4f7k2m9x/diff?download=true&step=implement');
});

test('white space is left out by the service', async () => {
  show();
  await userEvent.click(await screen.findByRole('checkbox', { name: 'Without white space' }));
  diff = '';
  await vi.waitFor(() => expect(asked.at(-1)?.searchParams.get('white_space')).toBe('ignore'));
});

test('side by side is kept for the next time', async () => {
  show();
  await userEvent.click(await screen.findByRole('button', { name: 'Side by side' }));
  cleanup();
  show();
  expect((await screen.findByRole('button', { name: 'Side by side' })).getAttribute('aria-pressed')).toBe('true');
});

test('words about a line become a message for the agent, by keyboard alone', async () => {
  show();
  const first = await screen.findByRole('button', { name: 'Write to the agent about line 1' });
  first.focus();
  await userEvent.keyboard('{ArrowDown}{ArrowDown}{Enter}');
  await userEvent.keyboard('Why an image?');
  await userEvent.click(screen.getByRole('button', { name: 'Send to the agent' }));
  await screen.findByText(/^Sent\./);
  expect(sent).toEqual([
    {
      prompt_text:
        "About src/greet.js, line 2:\n\n> const two = '<img src=x onerror=alert(1)>'; // ‹U+202E›\n\nWhy an image?",
    },
  ]);
});

test('nothing is offered to say once the work order has ended', async () => {
  status = 'completed';
  show();
  await screen.findByText(/one = 1/);
  expect(screen.queryByRole('button', { name: /Write to the agent/ })).toBeNull();
});
