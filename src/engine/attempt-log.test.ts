import { expect, test } from 'vitest';
import { Redactor } from '../domain/redact.ts';
import type { NewLogEntry, Store } from '../ports/store.ts';
import { AttemptLog } from './attempt-log.ts';

const VALUE = 'Ab3xYz90KlmNqrSt56UvWx78';
const nothing = () => undefined;

function begin() {
  const written: NewLogEntry[] = [];
  const first = Promise.withResolvers<void>();
  const appendLog: Store['appendLog'] = ({ entries }) => {
    written.push(...entries);
    first.resolve();
    return Promise.resolve(written.length);
  };
  const attemptLog = new AttemptLog({
    store: { appendLog } as Store,
    clock: { now: () => new Date(), monotonicMs: () => performance.now(), sleep: () => Promise.resolve() },
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    workOrderId: 'wo-test0001',
    redactor: new Redactor([{ name: 'MY_TOKEN', value: VALUE }]),
  });
  const add = (message: string) => void attemptLog.add({ level: 'info', event: 'text', message });
  return { attemptLog, add, first: first.promise, messages: () => written.map(({ message }) => message) };
}

test('a line that may begin a secret is written soon, though nothing follows it', async () => {
  const { add, first, messages } = begin();
  add('ends in Ab3');
  await first;
  expect(messages()).toEqual(['ends in Ab3']);
});

test('flushing writes what was held back', async () => {
  const { attemptLog, add, messages } = begin();
  add('ends in Ab3');
  await attemptLog.flush();
  expect(messages()).toEqual(['ends in Ab3']);
});

test('a message is looked at before it is cut', async () => {
  const { attemptLog, add, messages } = begin();
  add(`${'x'.repeat(64 * 1_024 - 4)}${VALUE}`);
  await attemptLog.flush();
  expect(messages()[0]).toMatch(/x\[red … \(\d+ more characters\)$/);
});

test('what is being done now is shown without secrets, also one that has only begun', () => {
  const { attemptLog } = begin();
  attemptLog.activity = `running curl -H ${VALUE}`;
  expect(attemptLog.activity).toBe('running curl -H [redacted MY_TOKEN]');
  attemptLog.activity = `running curl -H ${VALUE.slice(0, 12)}…`;
  expect(attemptLog.activity).toBe('running curl -H [redacted MY_TOKEN]…');
});
