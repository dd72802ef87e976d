import { expect, test } from 'vitest';
import { anthropic } from './anthropic.ts';
import { ask } from './client.ts';
import { gemini } from './gemini.ts';
import { openaiChat } from './openai-chat.ts';
import { openaiResponses } from './openai-responses.ts';
import { startModelServer } from './server.ts';

/* Requests as the real programs send them, cut down to what the server looks at. */

const command = { type: 'object', properties: { command: { type: 'string' } }, required: ['command'] };

test('Claude Code tells where it runs in a system message between the others', () => {
  const environment = '# Environment\n - Primary working directory: /copy\n - Is a git repository: true';
  const body = {
    system: [{ type: 'text', text: 'You are Claude Code.' }],
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: '<system-reminder>\n# gitStatus\n</system-reminder>' },
          { type: 'text', text: 'Do it.' },
        ],
      },
      { role: 'system', content: [{ type: 'text', text: environment }] },
      { role: 'assistant', content: [{ type: 'tool_use', id: '1', name: 'Bash', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: '1', content: 'README.md' }] },
      { role: 'system', content: 'The date has changed.' },
    ],
    tools: [{ name: 'Bash', input_schema: command }],
  };
  expect(anthropic.read({ body, model: 'm' })).toMatchObject({
    prompt: 'Do it.',
    turn: 1,
    toolResults: ['README.md'],
    cwd: '/copy',
    tools: [{ name: 'Bash', parameters: ['command'], required: ['command'] }],
    schema: null,
  });
});

test('Codex has instructions of a developer, an environment and tools below names of their own', () => {
  const text = (role: string, words: string) => ({
    type: 'message',
    role,
    content: [{ type: 'input_text', text: words }],
  });
  const body = {
    instructions: 'You are Codex.',
    input: [
      text('developer', '<permissions instructions>…</permissions instructions>'),
      text('user', '<environment_context>\n  <cwd>/copy</cwd>\n</environment_context>'),
      text('user', 'Do it.'),
      { type: 'reasoning', summary: [] },
      { type: 'custom_tool_call', call_id: '1', name: 'apply_patch', input: '' },
      { type: 'custom_tool_call_output', call_id: '1', output: [{ type: 'input_text', text: 'Done' }] },
    ],
    tools: [
      { type: 'custom', name: 'apply_patch' },
      { type: 'namespace', name: 'shell', tools: [{ type: 'function', name: 'exec_command', parameters: command }] },
      { type: 'web_search' },
    ],
    text: { format: { type: 'json_schema', schema: { type: 'object' } } },
  };
  expect(openaiResponses.read({ body, model: 'm' })).toMatchObject({
    prompt: 'Do it.',
    turn: 1,
    toolResults: ['Done'],
    cwd: '/copy',
    tools: [
      { name: 'apply_patch', kind: 'custom', namespace: null },
      { name: 'exec_command', kind: 'function', namespace: 'shell', parameters: ['command'] },
      { name: 'web_search' },
    ],
    schema: { type: 'object' },
  });
});

test('OpenCode tells where it runs in its system prompt', () => {
  const body = {
    messages: [
      { role: 'system', content: '<env>\n  Working directory: /copy\n</env>' },
      { role: 'user', content: [{ type: 'text', text: 'Do it.' }] },
      { role: 'assistant', content: '', tool_calls: [{ id: '1', function: { name: 'bash', arguments: '{}' } }] },
      { role: 'tool', tool_call_id: '1', content: 'README.md' },
    ],
    tools: [{ type: 'function', function: { name: 'bash', parameters: command } }],
  };
  expect(openaiChat.read({ body, model: 'm' })).toMatchObject({
    prompt: 'Do it.',
    turn: 1,
    toolResults: ['README.md'],
    cwd: '/copy',
    tools: [{ name: 'bash', parameters: ['command'], required: ['command'] }],
  });
});

test('Gemini has its schemas under either of two names', () => {
  const body = {
    systemInstruction: { parts: [{ text: 'You are Gemini CLI.' }] },
    contents: [
      {
        role: 'user',
        parts: [{ text: '<session_context>\n- **Workspace Directories:**\n  - /copy\n</session_context>' }],
      },
      { role: 'user', parts: [{ text: 'Do it.' }] },
      {
        role: 'model',
        parts: [{ text: 'so', thought: true }, { functionCall: { name: 'run_shell_command', args: {} } }],
      },
      { role: 'user', parts: [{ functionResponse: { name: 'run_shell_command', response: { output: 'x' } } }] },
    ],
    tools: [
      {
        functionDeclarations: [
          { name: 'run_shell_command', parametersJsonSchema: command },
          { name: 'read_file', parameters: command },
        ],
      },
    ],
  };
  expect(gemini.read({ body, model: 'm' })).toMatchObject({
    prompt: 'Do it.',
    turn: 1,
    toolResults: ['{"output":"x"}'],
    cwd: '/copy',
    tools: [{ parameters: ['command'] }, { parameters: ['command'] }],
  });
});

test('Claude is not asked again for a structured answer that it has taken', async () => {
  const structured = 'Structured output provided successfully';
  await using server = await startModelServer({ scenarios: { said: () => ({ text: 'in words', json: { a: 1 } }) } });
  const response = await fetch(`${server.url('said')}/v1/messages`, {
    method: 'POST',
    body: JSON.stringify({
      messages: [
        { role: 'user', content: 'Do it.' },
        { role: 'assistant', content: [{ type: 'tool_use', id: '1', name: 'StructuredOutput', input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: '1', content: structured }] },
      ],
      tools: [{ name: 'StructuredOutput', input_schema: { type: 'object' } }],
    }),
  });
  expect(await response.json()).toMatchObject({ stop_reason: 'end_turn', content: [{ type: 'text' }] });
});

test('a turn with nothing in it has nothing of a structured answer either', async () => {
  await using server = await startModelServer();
  const asking = { url: server.url('nothing'), schema: { type: 'object', properties: { a: { type: 'string' } } } };
  expect(await ask({ ...asking, format: 'openai-responses' })).toMatchObject({ status: 200, text: '' });
  expect(await ask({ ...asking, format: 'anthropic' })).toMatchObject({ status: 200, text: '', calls: [] });
});
