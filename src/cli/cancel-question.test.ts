import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { createCancelQuestion } from './cancel-question.ts';

class FakeKeyboard extends EventEmitter {
  readonly isTTY: boolean;
  isRaw = false;
  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }
  setRawMode(raw: boolean): void {
    this.isRaw = raw;
  }
  resume(): void {}
  pause(): void {}
  press(key: string): void {
    this.emit('data', Buffer.from(key));
  }
}

function setUp({ isTTY = true, canLeave = true } = {}) {
  const keyboard = new FakeKeyboard(isTTY);
  const done: string[] = [];
  const asked: (string | null)[] = [];
  const question = createCancelQuestion({
    keyboard,
    canLeave,
    ask: (text) => asked.push(text),
    onCancel: () => done.push('cancel'),
    onLeave: () => done.push('leave'),
    onGiveUp: () => done.push('give up'),
  });
  return { keyboard, question, done, asked };
}

test('the first Ctrl-C asks, the second cancels, the third stops waiting', () => {
  const { keyboard, question, done, asked } = setUp();
  question.interrupt();
  expect(asked.at(-1)).toMatch(/^Cancel this work order\? .*d to leave it running/);
  expect(keyboard.isRaw).toBe(true);
  expect(done).toEqual([]);
  keyboard.press('\u0003');
  expect(done).toEqual(['cancel']);
  expect(keyboard.isRaw).toBe(false);
  question.interrupt();
  expect(done).toEqual(['cancel', 'give up']);
});

test('another key goes on, and the next Ctrl-C asks again', () => {
  const { keyboard, question, done, asked } = setUp();
  question.interrupt();
  keyboard.press('x');
  expect(asked.at(-1)).toBeNull();
  question.interrupt();
  expect(asked.at(-1)).toMatch(/^Cancel this work order/);
  expect(done).toEqual([]);
  question.close();
});

test('d leaves a work order that goes on elsewhere, and is any other key for one that does not', () => {
  const elsewhere = setUp();
  elsewhere.question.interrupt();
  elsewhere.keyboard.press('d');
  expect(elsewhere.done).toEqual(['leave']);
  const own = setUp({ canLeave: false });
  own.question.interrupt();
  expect(own.asked.at(-1)).not.toContain('leave');
  own.keyboard.press('d');
  expect(own.done).toEqual([]);
});

test('without a keyboard the first one cancels', () => {
  const { question, done } = setUp({ isTTY: false });
  question.interrupt();
  expect(done).toEqual(['cancel']);
});

test('closing it gives the keyboard back', () => {
  const { keyboard, question } = setUp();
  question.interrupt();
  question.close();
  question.close();
  expect(keyboard.isRaw).toBe(false);
  expect(keyboard.listenerCount('data')).toBe(0);
});

test('a cancel that did not go through may be tried again', () => {
  const { keyboard, question, done, asked } = setUp();
  question.interrupt();
  keyboard.press('\u0003');
  question.failed('The service is busy.');
  expect(asked.at(-1)).toContain('The service is busy.');
  question.interrupt();
  keyboard.press('\u0003');
  expect(done).toEqual(['cancel', 'cancel']);
});
