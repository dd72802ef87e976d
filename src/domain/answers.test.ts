import { describe, expect, test } from 'vitest';
import { commitMessageIn, markdownPathsIn, noChangeReasonIn, planTitle, requestClassIn } from './answers.ts';

describe('requestClassIn', () => {
  test.each([
    ['/bug', 'bug'],
    ['The class is: **/chore**.', 'chore'],
    ['```\n/feature\n```', 'feature'],
    ['It could be /bug, but I choose /chore', 'chore'],
    ['/BUG\n\nBecause it crashes.', 'bug'],
    ['see src/bug.ts', 'feature'],
    ['I am not sure.', 'feature'],
    ['', 'feature'],
    ['/bugfix', 'feature'],
  ])('%j is %s', (answer, requestClass) => expect(requestClassIn(answer)).toBe(requestClass));
});

describe('commitMessageIn', () => {
  test.each([
    ['Done.\n\nCommit message: feat: add dark mode', 'feat: add dark mode'],
    ['**Commit message:** fix: the crash', 'fix: the crash'],
    ['Commit message:\n```\nfeat: add it\n\nWith a body.\n```\nThat is all.', 'feat: add it\n\nWith a body.'],
    ['## Commit message:\n\nchore: tidy\n\n## Notes\nnothing', 'chore: tidy'],
    ['Commit message: `feat: x`', 'feat: x'],
    ['I made no commit.', null],
    ['Commit message:', null],
  ])('%j gives %j', (report, message) => expect(commitMessageIn(report)).toBe(message));
});

describe('noChangeReasonIn', () => {
  test.each([
    ['No change needed: the option is there already.', 'the option is there already.'],
    ['**No change needed:** it works', 'it works'],
    ['Looked at it.\n- No changes are needed: done before', 'done before'],
    ['There was no change needed', null],
    ['I changed two files.', null],
  ])('%j gives %j', (report, reason) => expect(noChangeReasonIn(report)).toBe(reason));
});

describe('markdownPathsIn', () => {
  test('finds paths in prose, ticks and links, each once and in order', () => {
    const report = 'I wrote `specs/wo-1-planner-x.md` (see [it](specs/wo-1-planner-x.md)), not docs/a.md.';
    expect(markdownPathsIn(report)).toEqual(['specs/wo-1-planner-x.md', 'docs/a.md']);
  });

  test('never gives a path that leaves the folder by its root', () => {
    expect(markdownPathsIn('the plan is /etc/plan.md')).toEqual([]);
  });
});

describe('planTitle', () => {
  test.each([
    ['# Feature: Dark mode\n\ntext', 'Dark mode'],
    ['text first\n## **Bold** heading', 'Bold heading'],
    ['only words', 'only words'],
    ['\n\n', null],
  ])('%j gives %j', (plan, title) => expect(planTitle(plan)).toBe(title));
});
