import { describe, expect, test } from 'vitest';
import {
  ANSWER_SCHEMAS,
  implementAnswerIn,
  implementAnswerOf,
  markdownPathsIn,
  planReportOf,
  planTitle,
  requestClassIn,
  requestClassOf,
} from './answers.ts';

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

describe('requestClassOf', () => {
  const cases: readonly (readonly [string, unknown, string])[] = [
    ['', { class: '/bug' }, 'bug'],
    ['It is a /feature.', { class: 'chore' }, 'chore'],
    ['The class is: **/bug**.', null, 'bug'],
    ['**Bug**', null, 'bug'],
    ['`/chore`', null, 'chore'],
    ['```json\n{"class": "/bug"}\n```\nLet me know if you want a /feature instead.', null, 'bug'],
    ['{"class":"chore"} That is all.', null, 'chore'],
    ['Sure! {"class":"/bug"}', null, 'bug'],
    ['I can not tell a bug from a chore here.', null, 'feature'],
    ['', { kind: 'bug' }, 'feature'],
    ['', 'bug', 'feature'],
  ];
  test.each(cases)('%j with %j is %s', (output, answer, requestClass) =>
    expect(requestClassOf({ output, answer })).toBe(requestClass),
  );
});

describe('planReportOf', () => {
  test('the report names the plan file, whether or not the planner did', () => {
    const answer = { report: 'A plan is made.', plan_path: 'specs/a.md' };
    expect(planReportOf({ output: 'x', answer })).toBe('A plan is made.\n\nPlan: specs/a.md');
    expect(planReportOf({ output: 'x', answer: { ...answer, report: 'See specs/a.md.' } })).toBe('See specs/a.md.');
    expect(planReportOf({ output: 'Written to specs/a.md', answer: null })).toBe('Written to specs/a.md');
  });
});

describe('implementAnswerOf', () => {
  const given = {
    report: 'Done.',
    commit_message: 'feat: x\n\nBecause.',
    pull_request_title: 'Add x',
    pull_request_body: 'It adds **x**.',
    no_change_reason: null,
  };

  test('takes the answer in its form, else JSON among the words, else the words', () => {
    const { report: _report, ...answer } = given;
    const fenced = `All done!\n\`\`\`json\n${JSON.stringify(given)}\n\`\`\`\nAnything else?`;
    for (const answered of [
      { output: 'other words', answer: given },
      { output: fenced, answer: null },
      { output: `${JSON.stringify(given)}\nAnything else?`, answer: null },
    ]) {
      expect(implementAnswerOf(answered)).toEqual({ report: 'Done.', answer });
    }
    const words = 'Done.\n\nCommit message: feat: x\nPull request title: `Add x`';
    expect(implementAnswerOf({ output: words, answer: null })).toEqual({
      report: words,
      answer: {
        commit_message: 'feat: x',
        pull_request_title: 'Add x',
        pull_request_body: null,
        no_change_reason: null,
      },
    });
  });

  test('JSON that is a part of the report is not the answer', () => {
    const output = 'I set\n```json\n{"strict": true}\n```\nCommit message: chore: be strict';
    expect(implementAnswerOf({ output, answer: null })).toMatchObject({
      report: output,
      answer: { commit_message: 'chore: be strict' },
    });
  });
});

test('the forms of answers are strict, as every vendor wants them', () => {
  for (const schema of Object.values(ANSWER_SCHEMAS)) {
    expect(schema.additionalProperties).toBe(false);
    expect(schema.required).toEqual(Object.keys(schema.properties));
  }
});

describe('the commit message in a report', () => {
  test.each([
    ['Done.\n\nCommit message: feat: add dark mode', 'feat: add dark mode'],
    ['**Commit message:** fix: the crash', 'fix: the crash'],
    ['Commit message:\n```\nfeat: add it\n\nWith a body.\n```\nThat is all.', 'feat: add it\n\nWith a body.'],
    ['## Commit message:\n\nchore: tidy\n\n## Notes\nnothing', 'chore: tidy'],
    ['Commit message: `feat: x`', 'feat: x'],
    ['I made no commit.', null],
    ['Commit message:', null],
    ['Commit message: fix: x\n\n**Pull request title:** Mend x', 'fix: x'],
  ])('%j gives %j', (report, message) => expect(implementAnswerIn(report).commit_message).toBe(message));
});

describe('the reason for no change in a report', () => {
  test.each([
    ['No change needed: the option is there already.', 'the option is there already.'],
    ['**No change needed:** it works', 'it works'],
    ['Looked at it.\n- No changes are needed: done before', 'done before'],
    ['There was no change needed', null],
    ['I changed two files.', null],
  ])('%j gives %j', (report, reason) => expect(implementAnswerIn(report).no_change_reason).toBe(reason));
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
