import { expect, test } from 'vitest';
import { codexItem } from './schema.ts';
import { isToolItem, toolCall, toolResult } from './tool-item.ts';

function shown(fields: object): readonly [string | null, boolean | undefined, string | undefined] {
  const item = codexItem.parse({ id: 'item_0', ...fields });
  if (!isToolItem(item)) return [null, undefined, undefined];
  const result = toolResult(item, '/copy');
  return [toolCall(item, '/copy').summary, result?.ok, result?.text];
}

const command = (text: string, rest: object = {}): object => ({ type: 'command_execution', command: text, ...rest });
const change = (paths: readonly string[], kind: string, status = 'completed'): object => ({
  type: 'file_change',
  changes: paths.map((path) => ({ path, kind })),
  status,
});

test.each([
  [command(`/bin/bash -lc 'npm test'`, { exit_code: 0, aggregated_output: 'fine' }), 'running npm test', true, 'fine'],
  [command('/bin/bash -lc ls', { exit_code: 2, aggregated_output: 'no' }), 'running ls', false, 'no'],
  [command(`/bin/zsh -lc 'echo '"'"'a b'"'"''`), `running echo 'a b'`, true, ''],
  [command(`bash -lc "echo \\"$HOME\\""`), 'running echo "$HOME"', true, ''],
  [command('npm test', { status: 'declined' }), 'running npm test', false, ''],
  [change(['/copy/src/app.ts'], 'update'), 'editing src/app.ts', true, 'update src/app.ts'],
  [
    change(['/copy/a', '/copy/b', '/elsewhere/c'], 'add'),
    'writing a and 2 more',
    true,
    'add a\nadd b\nadd /elsewhere/c',
  ],
  [change(['/copy/a'], 'delete', 'failed'), 'deleting a', false, 'delete a'],
  [change([], 'add'), 'editing files', true, ''],
  [
    { type: 'mcp_tool_call', server: 'docs', tool: 'find', result: { content: [{ text: 'found' }] } },
    'using docs find',
    true,
    'found',
  ],
  [
    { type: 'mcp_tool_call', server: 'docs', tool: 'find', error: { message: 'gone' }, status: 'failed' },
    'using docs find',
    false,
    'gone',
  ],
  [{ type: 'web_search', query: 'zod 4' }, 'searching the web for zod 4', undefined, undefined],
  [{ type: 'agent_message', text: 'no tool' }, null, undefined, undefined],
])('%j', (item, summary, ok, text) => {
  expect(shown(item)).toEqual([summary, ok, text]);
});

test('large inputs are shown in part', () => {
  const item = codexItem.parse({ id: 'a', type: 'mcp_tool_call', arguments: { text: 'x'.repeat(50_000) } });
  if (!isToolItem(item)) throw new Error('no tool');
  expect(JSON.stringify(toolCall(item, '/copy')).length).toBeLessThan(3000);
});
