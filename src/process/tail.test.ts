import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTail } from './tail.ts';

test('keeps the end of whatever it is given, in whatever pieces', () => {
  const pieces = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 }));
  fc.assert(
    fc.property(pieces, fc.integer({ min: 1, max: 10 }), (chunks, maxBytes) => {
      const tail = createTail(maxBytes);
      for (const chunk of chunks) tail.add(Buffer.from(chunk));
      expect(tail.text()).toBe(chunks.join('').slice(-maxBytes));
    }),
  );
});

test('leaves out a character that has lost its beginning', () => {
  const tail = createTail(4);
  tail.add(Buffer.from('a€b'));
  expect(tail.text()).toBe('€b');
  tail.add(Buffer.from('c'));
  expect(tail.text()).toBe('bc');
});
