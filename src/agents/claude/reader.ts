import type { Activity, AgentResult, AgentRun } from '../../ports/agent.ts';
import type { OutputLine, ProcessEnd, TimeLimits } from '../../ports/process.ts';
import type { Failure } from '../end.ts';
import { diedOf, stoppedBy } from '../end.ts';
import { createKeptText, preview } from '../text.ts';
import { parseCutJson } from '../cut-json.ts';
import { failureOfResult, usageOf } from './result.ts';
import type { ClaudeBlock, ClaudeLine, ClaudeMessageLine, ClaudeResultLine, ClaudeSystemLine } from './schema.ts';
import { claudeBlock, claudeLine } from './schema.ts';
import { toolSummary } from './tool-summary.ts';

const PROGRAM = 'Claude Code';
const MAX_SAID_CHARACTERS = 256 * 1024;
const MAX_TOOL_RESULT_CHARACTERS = 2000;
const MAX_INPUT_CHARACTERS = 2000;

/** Reads the stream of one run. */
export interface ClaudeReader {
  /** For `ProcessSpec.onLine`. */
  onLine(line: OutputLine): Promise<void | 'finish'>;
  /** What the run came to; called once, after the end of the process. */
  result(end: ProcessEnd, limits: TimeLimits): AgentResult;
}

export function createClaudeReader({
  directory,
  onActivity,
}: Pick<AgentRun, 'directory' | 'onActivity'>): ClaudeReader {
  const said = createKeptText({ maxCharacters: MAX_SAID_CHARACTERS });
  let sessionId: string | null = null;
  let lastResult: ClaudeResultLine | null = null;
  let lastText: string | null = null;
  let saidError: string | null = null;
  let refused = false;
  let unreadableBytes: number | null = null;

  return {
    async onLine(line) {
      if (line.stream === 'stderr') return tell('warn', line.text);
      const parsed = parseLine(line);
      if (parsed === 'not_json' && looksLikeResult(line.text)) {
        unreadableBytes = line.bytes;
        return 'finish';
      }
      if (parsed === 'not_json') return tell('info', line.cut ? tooLong(line.bytes) : line.text);
      if (parsed === null) return;
      await notice(parsed.session_id);
      switch (parsed.type) {
        case 'system':
          return onSystem(parsed);
        case 'assistant':
        case 'user':
          return onMessage(parsed);
        case 'result':
          return onResult(parsed);
      }
    },

    result(end, limits) {
      const usage = lastResult === null ? null : usageOf(lastResult);
      const failure = stoppedBy(end, { program: PROGRAM, limits }) ?? failureOf(end);
      if (failure === null)
        return { ok: true, output: lastResult?.result ?? lastText ?? '', answer: null, sessionId, usage };
      const output = said.read().trimEnd();
      return { ok: false, ...failure, output: output === '' ? null : output, resetsAt: null, sessionId, usage };
    },
  };

  function failureOf(end: ProcessEnd): Failure | null {
    if (lastResult !== null) return failureOfResult(lastResult, { saidError, refused });
    if (unreadableBytes !== null) {
      return {
        errorCode: 'agent_output_invalid',
        errorMessage: `The result of ${PROGRAM} cannot be read: a line of ${unreadableBytes} bytes.`,
      };
    }
    const ending = 'ended without its result';
    return diedOf(end, { program: PROGRAM }) ?? { errorCode: 'agent_crashed', errorMessage: `${PROGRAM} ${ending}.` };
  }

  async function notice(id: string | null | undefined): Promise<void> {
    if (id === null || id === undefined || id === sessionId) return;
    sessionId = id;
    await onActivity({ kind: 'session', sessionId: id });
  }

  async function tell(level: 'info' | 'warn' | 'error', text: string): Promise<void> {
    if (text.trim() !== '') await onActivity({ kind: 'message', level, text });
  }

  async function onSystem(line: ClaudeSystemLine): Promise<void> {
    switch (line.subtype) {
      case 'init': {
        const version = line.claude_code_version ? ` ${line.claude_code_version}` : '';
        return tell('info', `${PROGRAM}${version} works with ${line.model ?? 'its default model'}`);
      }
      case 'api_retry':
        return onActivity({ kind: 'retry', message: retryMessage(line) });
      case 'permission_denied':
        return tell('warn', `${line.tool_name ?? 'A tool'} was denied`);
      case 'model_refusal_no_fallback':
        refused = true;
        return;
      case 'informational':
        return tell('info', line.content ?? '');
    }
  }

  async function onMessage(line: ClaudeMessageLine): Promise<void> {
    if (line.is_api_error_message === true) saidError = line.error ?? 'unknown';
    const content = typeof line.message.content === 'string' ? [] : line.message.content;
    for (const raw of content) {
      const block = claudeBlock.safeParse(raw);
      if (!block.success) continue;
      const activity = activityOf(line, block.data);
      if (activity === null) continue;
      if (activity.kind === 'text') {
        lastText = activity.text;
        said.add(`${activity.text}\n`);
      }
      await onActivity(activity);
    }
  }

  function activityOf(line: ClaudeMessageLine, block: ClaudeBlock): Activity | null {
    switch (block.type) {
      case 'text':
        // What is said to the model is not what it says; a failed call is told as an error, not as an answer.
        if (line.type === 'user' || block.text.trim() === '') return null;
        if (line.is_api_error_message === true) return { kind: 'message', level: 'error', text: block.text };
        return { kind: 'text', text: block.text };
      case 'thinking':
        return block.thinking.trim() === '' ? null : { kind: 'thinking', text: block.thinking };
      case 'tool_use': {
        const summary = toolSummary({ tool: block.name, input: block.input, directory });
        return { kind: 'tool_call', tool: block.name, summary, input: boundedInput(block.input) };
      }
      case 'tool_result': {
        const { content } = block;
        const whole = typeof content === 'string' ? content : (content ?? []).map((part) => part.text ?? '').join('\n');
        return { kind: 'tool_result', ok: block.is_error !== true, text: preview(whole, MAX_TOOL_RESULT_CHARACTERS) };
      }
    }
  }

  async function onResult(line: ClaudeResultLine): Promise<void | 'finish'> {
    lastResult = line;
    const usage = usageOf(line);
    if (usage !== null) await onActivity({ kind: 'usage', usage });
    // More turns are queued: their result is the one that counts.
    if ((line.queued_turn_count ?? 0) > 0) return;
    return 'finish';
  }
}

function parseLine(line: OutputLine): ClaudeLine | 'not_json' | null {
  if (line.text.trim() === '') return null;
  const json = line.cut ? parseCutLine(line.text) : parseJson(line.text);
  if (json === undefined) return 'not_json';
  const known = claudeLine.safeParse(json);
  return known.success ? known.data : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A whole file in a tool call makes a line longer than is kept; its beginning says what it is about. */
function parseCutLine(text: string): unknown {
  const json = parseCutJson(text);
  if (!looksLikeResult(text) || typeof json !== 'object' || json === null) return json;
  // The type may stand behind what was cut off. Without one of these fields it cannot be told how the run ended.
  const denials = 'permission_denials' in json ? json.permission_denials : null;
  const tells = 'is_error' in json || (Array.isArray(denials) && denials.length > 0);
  return tells ? { ...json, type: 'result' } : undefined;
}

/** The beginning of a result line that is too long to be read whole; its type may stand at either end of it. */
function looksLikeResult(text: string): boolean {
  return /^\{"(?:type":"result"|duration_(?:api_)?ms":)/.test(text);
}

function tooLong(bytes: number): string {
  return `A line of ${bytes} bytes was too long to be read.`;
}

/** What a tool is called with can be a whole file; the log needs to know what it was about. */
function boundedInput(input: unknown): unknown {
  if (typeof input !== 'object' || input === null) return input;
  return Object.fromEntries(
    Object.entries(input).map(([name, value]: [string, unknown]) => {
      if (typeof value === 'string') return [name, preview(value, MAX_INPUT_CHARACTERS)];
      const json = JSON.stringify(value) ?? '';
      return [name, json.length > MAX_INPUT_CHARACTERS ? preview(json, MAX_INPUT_CHARACTERS) : value];
    }),
  );
}

function retryMessage(line: ClaudeSystemLine): string {
  const why = line.error_status ? `${line.error ?? 'error'}, ${line.error_status}` : (line.error ?? 'no reason given');
  const count = line.attempt ? ` (${line.attempt} of ${line.max_retries ?? '?'})` : '';
  return `The model call failed (${why}); it is tried again${count}`;
}
