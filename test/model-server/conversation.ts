import type { Json } from './json.ts';

export type FormatName = 'anthropic' | 'openai-responses' | 'openai-chat' | 'gemini';

/** A tool that the program offers in its request. */
export interface OfferedTool {
  readonly name: string;
  /** `custom` takes free text (Codex's `apply_patch` and `exec`), `function` an object. */
  readonly kind: 'function' | 'custom';
  /** Codex groups some of its tools below a name of their own. */
  readonly namespace: string | null;
  readonly parameters: readonly string[];
  readonly required: readonly string[];
  readonly schema: Json;
}

/** One message as it stands in the request. System prompts are not among them. */
export interface Message {
  readonly role: 'user' | 'assistant';
  readonly text: string;
  /** What tools gave back, in order; empty for a message that holds no tool result. */
  readonly toolResults: readonly string[];
}

/** What a scenario sees of a request. It is derived from the request alone, so that any number of tests share a server. */
export interface Conversation {
  readonly format: FormatName;
  readonly model: string;
  /** The last thing that the user said, without what the program wrote around it. */
  readonly prompt: string;
  /** How often the model has spoken since then: 0 for the first answer. */
  readonly turn: number;
  readonly tools: readonly OfferedTool[];
  /** What the tools gave back since the prompt, in order. */
  readonly toolResults: readonly string[];
  /** The program's working folder, where it tells the model. */
  readonly cwd: string | null;
  /** The JSON schema of the answer, where the program wants a structured one. */
  readonly schema: Json | null;
}

/** Blocks that the programs put into the user's messages; nobody has said them. */
const WRITTEN_BY_PROGRAM = [
  /<(system-reminder|environment_context|session_context|permissions instructions|user_instructions|turn_aborted|skills_instructions|local-command-[a-z]+)>[\s\S]*?<\/\1>/g,
  /^# AGENTS\.md instructions[\s\S]*?<\/INSTRUCTIONS>/gm,
  /^\[Request interrupted by user[^\]]*\]/gm,
  /^This is the (?:Gemini CLI|Qwen Code)\. We are setting up the context[\s\S]*/gm,
  /^(?:System: )?Please continue\.$/gm,
  /^\[Your previous response had no visible output[^\]]*\]$/gm,
];

/** How each program names its working folder: Codex; Claude, OpenCode; Gemini, Qwen. */
const WORKING_FOLDER = [
  /<cwd>([^<\n]+)<\/cwd>/,
  /[Ww]orking directory: (\/[^\n]+)/,
  /working in the directory: (\/[^\n]+)/,
  /Workspace Directories:\*{0,2}\s+- (\/[^\n]+)/,
];

export function conversationFrom({
  format,
  model,
  system,
  messages,
  tools,
  schema,
}: {
  readonly format: FormatName;
  readonly model: string;
  readonly system: string;
  readonly messages: readonly Message[];
  readonly tools: readonly OfferedTool[];
  readonly schema: Json | null;
}): Conversation {
  const turns = inTurns(messages);
  const promptAt = turns.findLastIndex(({ role, text }) => role === 'user' && saidByUser(text) !== '');
  const since = turns.slice(promptAt + 1);
  return {
    format,
    model,
    prompt: saidByUser(turns[promptAt]?.text ?? ''),
    turn: since.filter(({ role }) => role === 'assistant').length,
    tools,
    toolResults: since.flatMap(({ toolResults }) => toolResults),
    cwd: workingFolder([system, ...messages.filter(({ role }) => role === 'user').map(({ text }) => text)].join('\n')),
    schema,
  };
}

/** Joins neighbours of one role: a program may send one message in several pieces. */
function inTurns(messages: readonly Message[]): readonly Message[] {
  const turns: Message[] = [];
  for (const message of messages) {
    const last = turns.at(-1);
    if (last?.role !== message.role) {
      turns.push(message);
      continue;
    }
    turns[turns.length - 1] = {
      role: message.role,
      text: [last.text, message.text].filter((text) => text !== '').join('\n'),
      toolResults: [...last.toolResults, ...message.toolResults],
    };
  }
  return turns;
}

function saidByUser(text: string): string {
  return WRITTEN_BY_PROGRAM.reduce((rest, pattern) => rest.replaceAll(pattern, ''), text).trim();
}

function workingFolder(text: string): string | null {
  for (const pattern of WORKING_FOLDER) {
    const folder = pattern.exec(text)?.[1]?.trim();
    if (folder !== undefined) return folder;
  }
  return null;
}
