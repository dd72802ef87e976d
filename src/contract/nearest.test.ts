import { expect, test } from 'vitest';
import { nearest } from './nearest.ts';

test.each([
  ['AWO_PROT', 'AWO_PORT'],
  ['awo_data_dri', 'AWO_DATA_DIR'],
  ['AWO_DATADIR', 'AWO_DATA_DIR'],
  ['entirely different', null],
  ['', null],
])('what is meant by %j is %j', (text, expected) => {
  expect(nearest(text, ['AWO_PORT', 'AWO_HOST', 'AWO_DATA_DIR'])).toBe(expected);
});
