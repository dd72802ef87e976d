import { expect, test } from 'vitest';
import { fittingValue } from './structured.ts';

const known = (name: string): unknown => ({ class: 'feature', path: 'a.md', done: false, count: 7 })[name];

test.each([
  ['a string by its name', { type: 'object', properties: { path: { type: 'string' } } }, { path: 'a.md' }],
  ['a member of an enumeration', { properties: { class: { enum: ['/bug', '/Feature'] } } }, { class: '/Feature' }],
  ['another member where none is meant', { properties: { other: { enum: ['x', 'y'] } } }, { other: 'x' }],
  ['a value of the right type', { properties: { count: { type: 'string' } } }, { count: 'scripted' }],
  ['false', { properties: { done: { type: 'boolean' } } }, { done: false }],
  ['one of several types', { properties: { path: { type: ['string', 'null'] } } }, { path: 'a.md' }],
  [
    'not null where there is a choice',
    { properties: { path: { anyOf: [{ type: 'null' }, { type: 'string' }] } } },
    { path: 'a.md' },
  ],
  ['what stands fixed', { const: 3 }, 3],
  ['Gemini’s types', { type: 'OBJECT', properties: { score: { type: 'NUMBER' } } }, { score: 1 }],
  ['an empty list', { type: 'array', items: { type: 'string' } }, []],
  [
    'what lies deeper',
    { properties: { inner: { properties: { path: { type: 'string' } } } } },
    { inner: { path: 'a.md' } },
  ],
])('%s', (_case, schema, value) => {
  expect(fittingValue(schema, known)).toEqual(value);
});
