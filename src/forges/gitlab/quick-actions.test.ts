import { expect, test } from 'vitest';
import { withoutQuickActions } from './quick-actions.ts';

test.each([
  ['/merge', '\\/merge'],
  ['Done.\n/assign @ada\nMore.', 'Done.\n\\/assign @ada\nMore.'],
  ['Done.\r\n/Close', 'Done.\r\n\\/Close'],
  ['/usr/bin/env', '/usr/bin/env'],
  ['see /merge', 'see /merge'],
  ['/* a comment */', '/* a comment */'],
])('%j becomes %j', (text, expected) => {
  expect(withoutQuickActions(text)).toBe(expected);
});
