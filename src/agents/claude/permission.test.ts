import { expect, test } from 'vitest';
import { answerPermission } from './permission.ts';

const allowed = (tool: string, mayChange: boolean, wantsPerson = false): boolean =>
  answerPermission({ tool, mayChange, wantsPerson }).allowed;

test('who may change something may do all', () => {
  for (const tool of ['Write', 'Bash', 'WebFetch', 'mcp__tracker__close']) expect(allowed(tool, true)).toBe(true);
});

test('who may not, may only look', () => {
  for (const tool of ['Read', 'WebFetch', 'Task']) expect(allowed(tool, false)).toBe(true);
  const changing = ['Edit', 'Write', 'MultiEdit', 'NotebookEdit', 'Bash', 'mcp__tracker__close', 'Unheard'];
  for (const tool of changing) expect(allowed(tool, false)).toBe(false);
});

test('nobody answers a question, but plan mode can be left', () => {
  expect(answerPermission({ tool: 'AskUserQuestion', mayChange: true, wantsPerson: false })).toEqual({
    allowed: false,
    message: expect.stringMatching(/Decide yourself, and say in your report/),
  });
  expect(allowed('AnotherQuestion', true, true)).toBe(false);
  expect(allowed('ExitPlanMode', false, true)).toBe(true);
});
