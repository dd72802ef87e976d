import { describe, expect, test } from 'vitest';
import type { IssueNews } from './delivery.ts';
import { wishOf } from './delivery.ts';

const NEWS: IssueNews = {
  repository_url: 'https://github.com/ada/engine.git',
  issue_number: '7',
  is_pull_request: false,
  user: 'ada',
  is_bot: false,
  title: 'The list is short',
  body: 'It needs a line.\n',
  url: 'https://github.com/ada/engine/issues/7',
  happened: { kind: 'labels', added: ['work-order'], present: [] },
};
const WHOLE = 'Fix issue #7: The list is short\n\nIt needs a line.';
const wish = (changes: Partial<IssueNews>) => wishOf({ ...NEWS, ...changes }, 'work-order');
const comment = (text: string) => wish({ happened: { kind: 'comment', text } });
const labels = (added: readonly string[] | null, ...present: readonly string[]) =>
  wish({ happened: { kind: 'labels', added, present } });

describe('a label', () => {
  test('that is put on asks for the issue, in any spelling of its case', () => {
    expect(labels(['bug', 'Work-Order'])).toEqual({ wish: 'labelled', names_label: true, user_request: WHOLE });
  });

  test('of another name asks for nothing, whatever stands there besides', () => {
    expect(labels(['bug'], 'bug', 'work-order').wish).toBe(null);
    expect(labels([]).wish).toBe(null);
  });

  test('counts by what is there where the forge does not say which is new', () => {
    expect(labels(null, 'bug', 'work-order')).toMatchObject({ wish: 'labelled', names_label: false });
    expect(labels(null, 'bug')).toMatchObject({ wish: 'unlabelled', names_label: false });
  });
});

describe('a comment', () => {
  test.each([
    ['/work-order add tests for it', 'add tests for it'],
    ['  /work-order\r\nadd tests\r\nfor it\r\n', 'add tests\r\nfor it'],
    ['/work-order', WHOLE],
  ])('%j asks for %j', (text, user_request) => {
    expect(comment(text)).toEqual({ wish: 'commented', names_label: true, user_request });
  });

  test.each(['Please /work-order it', '> /work-order it', '/work-orders', '/work-order-now', '', 'thanks'])(
    '%j asks for nothing',
    (text) => expect(comment(text).wish).toBe(null),
  );

  test('of the service itself asks for nothing, nor does one of a bot', () => {
    expect(comment('/work-order x\n<!-- agent-work-orders wo-1 -->').wish).toBe(null);
    expect(wish({ is_bot: true }).wish).toBe(null);
  });
});

test('a very long issue is cut', () => {
  const { user_request } = { user_request: '', ...wish({ body: 'x'.repeat(200_000) }) };
  expect(user_request.length).toBeLessThan(100_000);
});
