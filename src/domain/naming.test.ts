import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { workOrderId, isWorkOrderId } from './ids.ts';
import { branchName, isPlanPath, issueNumberIn, planPath, slugOf } from './naming.ts';

describe('names', () => {
  test('follow the patterns of the product, with and without an issue', () => {
    const thing = { workOrderId: 'wo-abc12345', slug: 'add-dark-mode' } as const;
    expect(branchName({ ...thing, issueNumber: '42', requestClass: 'feature' })).toBe(
      'feat-issue-42-wo-abc12345-add-dark-mode',
    );
    expect(branchName({ ...thing, issueNumber: null, requestClass: 'bug' })).toBe('bug-wo-abc12345-add-dark-mode');
    expect(planPath({ ...thing, issueNumber: '42' })).toBe('specs/issue-42-wo-abc12345-planner-add-dark-mode.md');
    expect(planPath({ ...thing, issueNumber: null })).toBe('specs/wo-abc12345-planner-add-dark-mode.md');
  });

  test('a plan path is known again whatever its slug', () => {
    const thing = { workOrderId: 'wo-abc12345', issueNumber: null } as const;
    expect(isPlanPath('specs/wo-abc12345-planner-other-words.md', thing)).toBe(true);
    expect(isPlanPath('specs/wo-other123-planner-x.md', thing)).toBe(false);
    expect(isPlanPath('specs/wo-abc12345-planner-a/b.md', thing)).toBe(false);
  });
});

describe('slugOf', () => {
  test.each([
    ['Add dark mode!', 'add-dark-mode'],
    ['Füge Größe hinzu', 'fuge-gro-e-hinzu'],
    ['日本語', 'request'],
    ['x'.repeat(100), 'x'.repeat(40)],
    ['../../etc/passwd; rm -rf', 'etc-passwd-rm-rf'],
  ])('%j becomes %j', (request, slug) => expect(slugOf(request)).toBe(slug));

  test('is always a safe part of a file name and a branch', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (request) => {
        expect(slugOf(request)).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
        expect(slugOf(request).length).toBeLessThanOrEqual(40);
      }),
    );
  });
});

describe('issueNumberIn', () => {
  test.each([
    ['fix issue #42', '42'],
    ['Issue 7 is annoying', '7'],
    ['closes #9, please', '9'],
    ['colour #123456abc', null],
    ['the issue is slow', null],
    ['a#5', null],
  ])('%j names %j', (request, number) => expect(issueNumberIn(request)).toBe(number));
});

test('an id is made of the given bytes', () => {
  const id = workOrderId(new Uint8Array([0, 1, 35, 36, 37, 255, 10, 11]));
  expect(id).toBe('wo-01z013ab');
  expect(isWorkOrderId(id)).toBe(true);
  expect(isWorkOrderId('wo-../x')).toBe(false);
});
