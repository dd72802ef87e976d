import { expect, test } from 'vitest';
import { workOrderSearch } from './search.ts';

test('what is not known counts as absent', () => {
  expect(workOrderSearch({ tab: 'plan', step: 'implement' })).toEqual({ tab: 'plan', step: 'implement' });
  expect(workOrderSearch({ tab: 'log', step: 'all', more: 1 })).toEqual({ tab: 'log', step: 'all' });
  expect(workOrderSearch({ tab: '<b>', step: 7 })).toEqual({});
});
