import { expect, test } from 'vitest';
import { conversationFrom } from './conversation.ts';
import type { Message } from './conversation.ts';

const user = (text: string): Message => ({ role: 'user', text, toolResults: [] });
const model = (text: string): Message => ({ role: 'assistant', text, toolResults: [] });
const result = (output: string, text = ''): Message => ({ role: 'user', text, toolResults: [output] });

function read(messages: readonly Message[], system = '') {
  return conversationFrom({ format: 'anthropic', model: 'm', system, messages, tools: [], schema: null });
}

test('the turn is counted from the last prompt', () => {
  const first = [user('first'), model(''), result('1'), model('done')];
  expect(read(first)).toMatchObject({ prompt: 'first', turn: 2, toolResults: ['1'] });
  expect(read([...first, user('second')])).toMatchObject({ prompt: 'second', turn: 0, toolResults: [] });
  expect(read([...first, user('second'), model(''), result('2')])).toMatchObject({ turn: 1, toolResults: ['2'] });
});

test('pieces of one message count once', () => {
  const messages = [user('do it'), model('thought'), model('said'), model('called'), result('1'), result('2')];
  expect(read(messages)).toMatchObject({ turn: 1, toolResults: ['1', '2'] });
});

test.each([
  ['Claude’s reminders', '<system-reminder>\nthe todo list is empty\n</system-reminder>'],
  ['Claude’s note of an interruption', '[Request interrupted by user for tool use]'],
  ['Claude’s wish for words', '[Your previous response had no visible output. Please continue.]'],
  ['Codex’s environment', '<environment_context>\n<cwd>/x</cwd>\n</environment_context>'],
  ['Codex’s note of an abort', '<turn_aborted>by the user</turn_aborted>'],
  ['Gemini’s nudge', 'System: Please continue.'],
])('%s is no prompt', (_case, text) => {
  expect(read([user('do it'), model(''), result('1', text)])).toMatchObject({ prompt: 'do it', turn: 1 });
  expect(read([user(text), user('do it')])).toMatchObject({ prompt: 'do it', turn: 0 });
});

test('a prompt that comes together with the result of an interrupted tool is a prompt', () => {
  const messages = [user('do it'), model(''), result('interrupted', '[Request interrupted by user]\ndo that')];
  expect(read(messages)).toMatchObject({ prompt: 'do that', turn: 0 });
});

test.each([
  ['Claude', '# Environment\n - Primary working directory: /copy/a b\n - Is a git repository: true'],
  ['Codex', '<environment_context>\n  <cwd>/copy/a b</cwd>\n</environment_context>'],
  ['Gemini', '- **Workspace Directories:**\n  - /copy/a b\n- **Directory Structure:**'],
  ['Qwen', "I'm currently working in the directory: /copy/a b\nHere is the folder"],
  ['OpenCode', '<env>\n  Working directory: /copy/a b\n</env>'],
])('the working folder is found in the words of %s', (_program, text) => {
  expect(read([user('do it')], text).cwd).toBe('/copy/a b');
  expect(read([user(text), user('do it')]).cwd).toBe('/copy/a b');
});

test('no working folder is made up', () => {
  expect(read([user('do it')]).cwd).toBeNull();
});
