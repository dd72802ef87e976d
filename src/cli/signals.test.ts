import { expect, test } from 'vitest';
import { onSignals } from './signals.ts';

test('an interrupt that npm passes on at once is the same key', () => {
  let interrupts = 0;
  const release = onSignals({ interrupt: () => (interrupts += 1), terminate: () => undefined });
  try {
    process.emit('SIGINT');
    process.emit('SIGINT');
    expect(interrupts).toBe(1);
  } finally {
    release();
  }
  process.once('SIGINT', () => undefined);
  process.emit('SIGINT');
  expect(interrupts).toBe(1);
});
