import { dirname, isAbsolute, join } from 'node:path';
import type { Conversation, OfferedTool } from './conversation.ts';
import type { Action } from './reply.ts';

/** A call of one of the tools that the program has offered. */
export interface ToolCall {
  readonly name: string;
  readonly namespace: string | null;
  /** Free text for a custom tool, else an object. */
  readonly input: string | Readonly<Record<string, unknown>>;
}

const WRITERS = ['Write', 'write_file', 'write'];
const SHELLS = ['Bash', 'exec_command', 'run_shell_command', 'shell_command', 'shell', 'bash', 'local_shell', 'exec'];
const READERS = ['Read', 'read_file', 'read'];
const PATH_PARAMETERS = ['file_path', 'filePath', 'absolute_path', 'path'];
const COMMAND_PARAMETERS = ['command', 'cmd'];

/** The call that does what is wanted, or null where no tool offered can do it. */
export function toolCall(action: Action, { tools, cwd }: Pick<Conversation, 'tools' | 'cwd'>): ToolCall | null {
  const offered = (names: readonly string[]): OfferedTool | undefined =>
    names.map((name) => tools.find((tool) => tool.name === name)).find((tool) => tool !== undefined);
  // Claude's and Gemini's tools want absolute paths.
  const absolute = (path: string): string => (isAbsolute(path) || cwd === null ? path : join(cwd, path));

  if ('run' in action) {
    const shell = offered(SHELLS);
    return shell === undefined ? null : runCommand(shell, action.run);
  }
  if ('read' in action) {
    const reader = offered(READERS);
    if (reader === undefined) return toolCall({ run: `cat ${quoted(action.read)}` }, { tools, cwd });
    return functionCall(reader, { [oneOf(PATH_PARAMETERS, reader)]: absolute(action.read) });
  }
  const { path, content } = action.write;
  const writer = offered(WRITERS);
  if (writer) return functionCall(writer, { [oneOf(PATH_PARAMETERS, writer)]: absolute(path), content });
  const patcher = offered(['apply_patch']);
  if (patcher) return applyPatch(patcher, path, content);
  const command = `mkdir -p ${quoted(dirname(path))} && printf %s ${quoted(content)} > ${quoted(path)}`;
  return toolCall({ run: command }, { tools, cwd });
}

function runCommand(shell: OfferedTool, command: string): ToolCall {
  if (shell.kind === 'custom') {
    // Codex's code mode: a script that may call the other tools.
    const script = `const r = await tools.exec_command({ cmd: ${JSON.stringify(command)} }); text(r.output ?? JSON.stringify(r));`;
    return { name: shell.name, namespace: shell.namespace, input: script };
  }
  const asList = shell.name === 'shell' || shell.name === 'local_shell';
  return functionCall(shell, { [oneOf(COMMAND_PARAMETERS, shell)]: asList ? ['bash', '-lc', command] : command });
}

function applyPatch(tool: OfferedTool, path: string, content: string): ToolCall {
  const lines = content.replace(/\n$/, '').split('\n');
  const patch = ['*** Begin Patch', `*** Add File: ${path}`, ...lines.map((line) => `+${line}`), '*** End Patch', ''];
  if (tool.kind === 'custom') return { name: tool.name, namespace: tool.namespace, input: patch.join('\n') };
  return functionCall(tool, { [oneOf(['input', 'patch'], tool)]: patch.join('\n') });
}

/** A call with what is required beside the arguments: some tools insist on a description or a flag. */
function functionCall(tool: OfferedTool, input: Readonly<Record<string, unknown>>): ToolCall {
  const rest = tool.required
    .filter((name) => !(name in input))
    .map((name) => [name, name === 'is_background' ? false : 'as scripted']);
  return { name: tool.name, namespace: tool.namespace, input: { ...input, ...Object.fromEntries(rest) } };
}

function oneOf(names: readonly string[], { parameters }: OfferedTool): string {
  return names.find((name) => parameters.includes(name)) ?? names[0] ?? '';
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
