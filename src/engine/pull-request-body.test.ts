import { expect, test } from 'vitest';
import { pullRequestBody } from './pull-request-body.ts';

const text = {
  summary: 'I added a line.',
  issueNumber: '7',
  planPath: 'specs/plan.md',
  planUrl: 'https://host/ada/engine/blob/feat/specs/plan.md',
  changedPaths: ['list.txt', 'specs/plan.md'],
  checks: [],
  workOrderId: 'wo-1',
};

test('says what, which issue, which plan, which files and which work order', () => {
  expect(pullRequestBody(text)).toBe(
    [
      'I added a line.',
      '',
      'Closes #7',
      '',
      'Plan: [`specs/plan.md`](https://host/ada/engine/blob/feat/specs/plan.md)',
      '',
      'Changed files:',
      '',
      '- `list.txt`',
      '- `specs/plan.md`',
      '',
      'Work order: wo-1',
    ].join('\n'),
  );
});

test('says what the service has run, and what came of it', () => {
  const check = { duration_seconds: 2.4, output: '', output_truncated: false } as const;
  const body = pullRequestBody({
    ...text,
    checks: [
      { ...check, command: 'npm test', status: 'passed', exit_code: 0 },
      { ...check, command: 'echo `date`', status: 'failed', exit_code: 3 },
      { ...check, command: 'sleep 1000', status: 'timed_out', exit_code: null },
    ],
  });
  const lines = [
    'Checks run by the service:',
    '',
    '- `npm test`: passed, exit code 0, 2 s',
    '- `` echo `date` ``: **failed**, exit code 3, 2 s',
    '- `sleep 1000`: **timed out**, 2 s',
  ];
  expect(body).toContain(lines.join('\n'));
});

test('closes nothing and links to nothing where there is nothing', () => {
  const body = pullRequestBody({ ...text, issueNumber: null, planUrl: null });
  expect(body).not.toContain('Closes');
  expect(body).toContain('Plan: `specs/plan.md`\n');
  expect(pullRequestBody({ ...text, planPath: null, planUrl: null })).toContain('Plan: none');
});

test('stays below what a forge takes, with odd names shown as they are', () => {
  const changedPaths = Array.from({ length: 5_000 }, (_, index) => `a\`${index}\n`);
  const body = pullRequestBody({ ...text, summary: 'x'.repeat(100_000), changedPaths });
  expect(body.length).toBeLessThan(65_536);
  expect(body).toContain('- `` a`0? ``\n');
  expect(body).toContain('- and 4900 more');
});
