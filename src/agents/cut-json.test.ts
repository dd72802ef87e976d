import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCutJson } from './cut-json.ts';

test.each([
  ['{"a":1,"b":"two th', { a: 1, b: 'two th' }],
  ['{"a":1,"b":"two\\', { a: 1, b: 'two' }],
  ['{"a":1,"b":"two\\u00', { a: 1, b: 'two' }],
  ['{"a":1,"b":"two\\\\', { a: 1, b: 'two\\' }],
  ['{"a":[1,{"b":"x', { a: [1, { b: 'x' }] }],
  ['{"a":1,"b":tru', { a: 1 }],
  ['{"a":1,"b":', { a: 1 }],
  ['{"a":1,"b', { a: 1 }],
  ['{"a":1,', { a: 1 }],
  ['{"a":"x,]}","b":"y', { a: 'x,]}', b: 'y' }],
  ['', undefined],
  ['no json', undefined],
])('%s', (text, value) => {
  expect(parseCutJson(text)).toEqual(value);
});

test('whatever is cut off, what is read was there', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 0, max: 300 }), (content, at) => {
      const text = JSON.stringify({ type: 'user', message: { content: [{ type: 'tool_result', content }] } });
      const cut = parseCutJson(text.slice(0, Math.max(at, 20)));
      expect(cut).toMatchObject({ type: 'user' });
    }),
  );
});
