import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createPromptSource } from '../../src/prompts/command-files.ts';
import type { Conversation } from './conversation.ts';
import type { Answer } from './reply.ts';
import { placed } from './scenarios.ts';
import { roleOf, workOrder } from './work-order.ts';

const prompts = createPromptSource({
  shippedDirectory: fileURLToPath(new URL('../../commands', import.meta.url)),
  overrideDirectory: null,
});
const prompt = (name: string, ...args: readonly string[]) =>
  prompts.prompt({ name, args, readOverride: () => Promise.resolve(null) });

function said(prompt: string, more: Partial<Conversation> = {}): Answer {
  const rest = { tools: [], toolResults: [], cwd: null, schema: null };
  const reply = workOrder({ format: 'anthropic', model: 'm', prompt, turn: 0, ...rest, ...more });
  if ('fault' in reply) throw new Error(`a fault: ${reply.fault}`);
  return reply;
}

describe('the shipped prompts', () => {
  test.each([
    ['classifier', 'classifier'],
    ['planner_bug', 'planner'],
    ['planner_chore', 'planner'],
    ['planner_feature', 'planner'],
    ['plan_finder', 'plan_finder'],
    ['implementor', 'implementor'],
  ])('%s is known as that of the %s', async (file, role) => {
    expect(roleOf(await prompt(file, 'a', 'b', 'c'))).toBe(role);
  });

  test('a title that a program wants for the conversation is no role', async () => {
    expect(roleOf(`Give a title to this:\n${await prompt('classifier', 'a', 'b')}`)).toBeNull();
    expect(said('Give a title to this').text).toBe('ok');
  });
});

test('the classifier says one word', async () => {
  expect(said(await prompt('classifier', 'Add a greeting', '')).text).toBe('/feature');
});

test('the planner writes the plan to where it was told to', async () => {
  const text = await prompt('planner_feature', 'Greet people\nkindly', '', 'specs/plan-7.md');
  expect(said(text, { turn: 0 }).actions).toEqual([{ run: 'ls' }]);
  expect(said(text, { turn: 1 }).actions).toEqual([
    { write: { path: 'specs/plan-7.md', content: expect.stringMatching(/^# Feature: .*[\s\S]*Greet people\n/) } },
  ]);
  expect(said(text, { turn: 2 })).toEqual({ text: expect.stringContaining('specs/plan-7.md') });
});

test('the plan finder names the Markdown file among those that changed, or none', async () => {
  expect(said(await prompt('plan_finder', 'done', 'src/a.ts\nspecs/p.md')).text).toBe('specs/p.md');
  expect(said(await prompt('plan_finder', 'done', 'src/a.ts')).text).toBe('none');
});

test('the implementor adds a file, runs a command and reports with a commit message', async () => {
  const text = await prompt('implementor', 'specs/p.md', '# Feature: x', 'Add a greeting');
  expect(said(text, { turn: 0 }).actions).toEqual([{ write: { path: 'hello.txt', content: expect.any(String) } }]);
  expect(said(text, { turn: 1 }).actions).toEqual([{ run: 'git status --short' }]);
  expect(said(text, { turn: 2 }).text).toMatch(/\n\nCommit message:\nAdd a greeting\n\n/);
});

test('structured answers say the same in the properties of the schema', async () => {
  const text = { type: 'string' };
  const schema = { type: 'object', properties: { class: { enum: ['/bug', '/feature'] } } };
  expect(said(await prompt('classifier', 'a', 'b'), { schema }).json).toEqual({ class: '/feature' });

  const implementor = await prompt('implementor', 'specs/p.md', '# Feature: x', 'Add a greeting');
  const report = { type: 'object', properties: { report: text, commit_message: text, pull_request_title: text } };
  expect(said(implementor, { turn: 2, schema: report }).json).toEqual({
    report: expect.stringContaining('hello.txt'),
    commit_message: expect.stringMatching(/^Add a greeting\n\n/),
    pull_request_title: 'Add a greeting',
  });

  const planner = await prompt('planner_chore', 'a', 'b', 'specs/q.md');
  const path = { type: 'object', properties: { plan_path: text } };
  expect(said(planner, { turn: 2, schema: path }).json).toEqual({ plan_path: 'specs/q.md' });
  expect(said(planner, { turn: 1, schema: path }).json).toBeUndefined();
});

test('a scenario that is placed leaves the rest to the work order', async () => {
  const fault = placed(() => ({ fault: 'cut' }), { role: 'planner', afterTurns: 1 });
  const rest = { format: 'gemini', model: 'm', tools: [], toolResults: [], cwd: null, schema: null } as const;
  const plan = await prompt('planner_bug', 'a', 'b', 'specs/p.md');
  expect(fault({ ...rest, prompt: plan, turn: 0 })).toMatchObject({ actions: [{ run: 'ls' }] });
  expect(fault({ ...rest, prompt: plan, turn: 1 })).toEqual({ fault: 'cut' });
  expect(fault({ ...rest, prompt: await prompt('classifier', 'a', 'b'), turn: 1 })).toMatchObject({ text: '/feature' });
});
