import { expect, test } from 'vitest';
import type { OfferedTool } from './conversation.ts';
import { toolCall } from './tools.ts';

function tool(name: string, parameters: readonly string[], more: Partial<OfferedTool> = {}): OfferedTool {
  return { name, kind: 'function', namespace: null, parameters, required: [], schema: {}, ...more };
}

const PROGRAMS = {
  claude: [
    tool('Bash', ['command', 'description']),
    tool('Read', ['file_path']),
    tool('Write', ['file_path', 'content']),
  ],
  codex: [
    tool('exec_command', ['cmd', 'workdir'], { namespace: 'shell' }),
    tool('apply_patch', [], { kind: 'custom' }),
  ],
  codexCode: [tool('exec', [], { kind: 'custom' })],
  codexShell: [tool('shell', ['command', 'workdir'])],
  gemini: [
    tool('run_shell_command', ['command', 'is_background'], { required: ['command', 'is_background'] }),
    tool('read_file', ['file_path']),
    tool('write_file', ['file_path', 'content']),
  ],
  opencode: [
    tool('bash', ['command', 'description'], { required: ['command', 'description'] }),
    tool('read', ['filePath']),
    tool('write', ['filePath', 'content']),
  ],
};

const call = (program: keyof typeof PROGRAMS, action: Parameters<typeof toolCall>[0], cwd: string | null = '/copy') =>
  toolCall(action, { tools: PROGRAMS[program], cwd });

test.each([
  ['claude', { name: 'Bash', namespace: null, input: { command: 'ls' } }],
  ['codex', { name: 'exec_command', namespace: 'shell', input: { cmd: 'ls' } }],
  ['codexShell', { name: 'shell', namespace: null, input: { command: ['bash', '-lc', 'ls'] } }],
  ['gemini', { name: 'run_shell_command', namespace: null, input: { command: 'ls', is_background: false } }],
  ['opencode', { name: 'bash', namespace: null, input: { command: 'ls', description: 'as scripted' } }],
] as const)('%s runs a command', (program, expected) => {
  expect(call(program, { run: 'ls' })).toEqual(expected);
});

test('Codex runs a command in its code mode by a script', () => {
  expect(call('codexCode', { run: 'echo "a"' })?.input).toContain(
    String.raw`tools.exec_command({ cmd: "echo \"a\"" })`,
  );
});

test.each([
  ['claude', 'Write', 'file_path'],
  ['gemini', 'write_file', 'file_path'],
  ['opencode', 'write', 'filePath'],
] as const)('%s writes a file below its working folder', (program, name, parameter) => {
  const write = { path: 'a/b.txt', content: 'x\n' };
  expect(call(program, { write })).toMatchObject({ name, input: { [parameter]: '/copy/a/b.txt', content: 'x\n' } });
  expect(call(program, { write: { ...write, path: '/other' } })?.input).toMatchObject({ [parameter]: '/other' });
  expect(call(program, { write }, null)?.input).toMatchObject({ [parameter]: 'a/b.txt' });
});

test('Codex writes a file by a patch, or by its shell', () => {
  const write = { path: "it's/b.txt", content: 'one\ntwo\n' };
  expect(call('codex', { write })?.input).toBe(
    "*** Begin Patch\n*** Add File: it's/b.txt\n+one\n+two\n*** End Patch\n",
  );
  expect(call('codexShell', { write })?.input).toEqual({
    command: [
      'bash',
      '-lc',
      String.raw`mkdir -p 'it'\''s' && printf %s 'one` + "\ntwo\n' > " + String.raw`'it'\''s/b.txt'`,
    ],
  });
});

test('a file is read by the tool for it, else by the shell', () => {
  expect(call('claude', { read: 'a.txt' })?.input).toEqual({ file_path: '/copy/a.txt' });
  expect(call('codexShell', { read: 'a.txt' })?.input).toEqual({ command: ['bash', '-lc', "cat 'a.txt'"] });
});

test('without a tool for it there is no call', () => {
  expect(toolCall({ run: 'ls' }, { tools: [], cwd: null })).toBeNull();
  expect(toolCall({ write: { path: 'a', content: '' } }, { tools: [], cwd: null })).toBeNull();
});
