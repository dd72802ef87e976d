import { expect, test } from 'vitest';
import { toolSummary } from './tool-summary.ts';

test.each([
  ['Read', { file_path: '/copy/src/app.ts' }, 'reading src/app.ts'],
  ['Read', { file_path: '/etc/hosts' }, 'reading /etc/hosts'],
  ['Edit', { file_path: '/copy/src/app.ts', old_string: 'a' }, 'editing src/app.ts'],
  ['NotebookEdit', { notebook_path: '/copy/a.ipynb' }, 'editing a.ipynb'],
  ['Write', { file_path: '/copy/a.txt', content: 'x' }, 'writing a.txt'],
  ['Bash', { command: 'npm test\n# twice' }, 'running npm test # twice'],
  ['Grep', { pattern: 'TODO', path: '/copy/src' }, 'searching for TODO in src'],
  ['Glob', { pattern: '**/*.ts' }, 'searching for **/*.ts'],
  ['LS', { path: '/copy' }, 'listing .'],
  ['WebFetch', { url: 'https://example.com/a' }, 'fetching https://example.com/a'],
  ['WebSearch', { query: 'vitest' }, 'searching the web for vitest'],
  ['Task', { description: 'find the tests' }, 'asking a helper: find the tests'],
  ['TodoWrite', { todos: [] }, 'updating its list of tasks'],
  ['AskUserQuestion', { questions: [] }, 'asking a question'],
  ['StructuredOutput', { class: 'bug' }, 'giving its answer'],
  ['mcp__tracker__read_issue', {}, 'using tracker read_issue'],
  ['Unheard', { file_path: 7 }, 'using Unheard'],
  ['Bash', null, 'running a command'],
])('%s %j', (tool, input, summary) => {
  expect(toolSummary({ tool, input, directory: '/copy' })).toBe(summary);
});

test('a long command is one short line', () => {
  const summary = toolSummary({ tool: 'Bash', input: { command: `echo ${'y'.repeat(500)}` }, directory: '/copy' });
  expect(summary).toHaveLength(120);
  expect(summary).toMatch(/^running echo yyy.*…$/);
});
