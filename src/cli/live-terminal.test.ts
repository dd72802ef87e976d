import { expect, onTestFinished, test } from 'vitest';
import { createLiveTerminal } from './live-terminal.ts';

function terminal(lines: string[]) {
  const written: string[] = [];
  const stream = { columns: 20, rows: 10, write: (text: string) => written.push(text) };
  const live = createLiveTerminal({ stream, render: () => [...lines] });
  onTestFinished(() => live.stop());
  const taken = (): string => written.splice(0).join('');
  return { stream, live, taken };
}

test('draws at once with the cursor hidden, and gives it back at the end, once', () => {
  const { live, taken } = terminal(['a', 'b']);
  expect(taken()).toBe('\u001b[?25la\u001b[K\nb\u001b[K\n\u001b[J');
  live.stop();
  live.stop();
  expect(taken()).toBe('\u001b[?25h');
});

test('draws over the frame before, and only when something has changed', () => {
  const lines = ['a', 'b'];
  const { live, taken } = terminal(lines);
  taken();
  live.redraw();
  expect(taken()).toBe('');
  lines.splice(0, 2, 'c');
  live.redraw();
  expect(taken()).toBe('\u001b[2A\rc\u001b[K\n\u001b[J');
});

test('goes back over lines that a narrower terminal has broken', () => {
  const lines = ['0123456789012345', '\u001b[32m12345\u001b[39m'];
  const { stream, live, taken } = terminal(lines);
  taken();
  stream.columns = 6;
  lines.splice(0, 2, 'new');
  live.redraw();
  expect(taken().startsWith('\u001b[4A\rnew')).toBe(true);
});

test('brings the cursor back when the process ends without stopping it', () => {
  const before = process.listeners('exit');
  const { taken } = terminal(['a']);
  taken();
  const added = process.listeners('exit').filter((listener) => !before.includes(listener));
  for (const listener of added) Reflect.apply(listener, process, [0]);
  expect(taken()).toBe('\u001b[?25h');
});
