import { expect, test } from 'vitest';
import { createClaudePlan } from './plan.ts';

test('tasks that are made and changed one by one give the whole list each time', () => {
  const plan = createClaudePlan();
  const change = (name: string, input: object, taskId: string | null = null): unknown => {
    plan.called({ id: 'call', name, input });
    return plan.succeeded({ id: 'call', taskId });
  };
  const first = { text: 'read', status: 'pending' };
  expect(change('TaskCreate', { subject: 'read' }, '7')).toEqual([first]);
  expect(change('TaskCreate', { subject: 'write' }, '8')).toEqual([first, { text: 'write', status: 'pending' }]);
  expect(change('TaskUpdate', { taskId: '7', status: 'completed' })).toEqual([
    { text: 'read', status: 'completed' },
    { text: 'write', status: 'pending' },
  ]);
  expect(change('TaskUpdate', { taskId: '7', status: 'deleted' })).toEqual([{ text: 'write', status: 'pending' }]);
  expect(change('TaskUpdate', { taskId: '8', subject: 'test', status: 'in_progress' })).toEqual([
    { text: 'test', status: 'in_progress' },
  ]);
});

test('a list that is written at once replaces what was there', () => {
  const plan = createClaudePlan();
  for (const content of ['old', 'new']) {
    plan.called({ id: content, name: 'TodoWrite', input: { todos: [{ content, status: 'in_progress' }] } });
  }
  expect(plan.succeeded({ id: 'old', taskId: null })).toEqual([{ text: 'old', status: 'in_progress' }]);
  expect(plan.succeeded({ id: 'new', taskId: null })).toEqual([{ text: 'new', status: 'in_progress' }]);
});

test('other tools, and tasks that are not known, change nothing', () => {
  const plan = createClaudePlan();
  plan.called({ id: 'a', name: 'Write', input: { subject: 'x' } });
  expect(plan.succeeded({ id: 'a', taskId: null })).toBeNull();
  plan.called({ id: 'b', name: 'TaskUpdate', input: { taskId: '3', status: 'completed' } });
  expect(plan.succeeded({ id: 'b', taskId: null })).toEqual([]);
});
