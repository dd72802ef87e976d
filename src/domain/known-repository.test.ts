import { expect, test } from 'vitest';
import { repositoryKey } from './known-repository.ts';

test.each([
  ['https://example.org/you/shop.git', 'https://example.org/you/shop', true],
  ['git@example.org:you/shop.git', 'git@example.org:you/shop', true],
  ['https://example.org/you/shop', 'https://example.org/you/Shop', false],
  ['https://example.org/you/shop', 'ssh://example.org/you/shop', false],
  ['https://example.org/you/.git', 'https://example.org/you/', false],
  ['/srv/shop.git', '/srv/shop', false],
])('%s and %s are the same repository: %s', (one, other, same) => {
  expect(repositoryKey(one) === repositoryKey(other)).toBe(same);
});
