import type { Activity, AgentResult, AgentRun } from '../../ports/agent.ts';
import type { LineAnswer, OutputLine, ProcessEnd, TimeLimits } from '../../ports/process.ts';
import { parseCutJson } from '../cut-json.ts';
import type { Failure } from '../end.ts';
import { diedOf, stoppedBy } from '../end.ts';
import { createKeptText, lastLine, oneLine } from '../text.ts';
import { failureOfTurn, failureOfWords } from './failure.ts';
import { resetTimeIn } from './reset-time.ts';
import type { CodexItem, CodexLine, CodexToolItem, CodexUsage } from './schema.ts';
import { codexItem, codexLine } from './schema.ts';
import { readableAnswer, structuredAnswer } from './structured-answer.ts';
import { isToolItem, toolCall, toolResult } from './tool-item.ts';
import { usageOf } from './usage.ts';

const PROGRAM = 'Codex';
const MAX_SAID_CHARACTERS = 256 * 1024;

/** Reads the stream of one run. */
export interface CodexReader {
  /** For `ProcessSpec.onLine`. */
  onLine(line: OutputLine): Promise<LineAnswer>;
  /** What the run came to; called once, after the end of the process. */
  result(end: ProcessEnd, limits: TimeLimits): AgentResult;
}

type TurnEnd =
  | { readonly kind: 'completed'; readonly usage: CodexUsage }
  | { readonly kind: 'failed'; readonly words: string };

export function createCodexReader({
  run: { directory, mayChange, resume, answerSchema, onActivity },
  hasLogin,
  now = () => new Date(),
}: {
  readonly run: Pick<AgentRun, 'directory' | 'mayChange' | 'resume' | 'answerSchema' | 'onActivity'>;
  /** Whether the program was given a key or a login: a refusal is told apart by it from having none. */
  readonly hasLogin: boolean;
  readonly now?: () => Date;
}): CodexReader {
  const said = createKeptText({ maxCharacters: MAX_SAID_CHARACTERS });
  const running = new Set<string>();
  let sessionId: string | null = null;
  let turnEnd: TurnEnd | null = null;
  /** Its last message, null again once it uses a tool: a turn that ends well ends with a message. */
  let lastWord: string | null = null;
  let lastError: string | null = null;
  /** What it waits for without end, as it says; null while the model answers. */
  let waitingFor: string | null = null;
  let changeRefused: string | null = null;
  let planShown = '';

  return {
    async onLine(line) {
      if (line.stream === 'stderr') return onStderr(line.text);
      if (line.text.trim() === '') return 'quiet';
      const parsed = parseLine(line);
      if (parsed === 'not_json') {
        return tell('info', line.cut ? `A line of ${line.bytes} bytes cannot be read` : line.text);
      }
      if (parsed !== null) return onParsed(parsed);
    },

    result(end, limits) {
      const usage = turnEnd?.kind === 'completed' ? usageOf(turnEnd.usage, resume?.usage ?? null) : null;
      const failure = stopped(end, limits) ?? failureOf(end);
      if (failure === null) {
        const word = lastWord ?? '';
        const answer = answerSchema === null ? undefined : structuredAnswer(word);
        const output = answer === undefined ? word : readableAnswer(answer);
        return { ok: true, output, answer: answer ?? null, sessionId, usage };
      }
      const output = said.read().trimEnd();
      const words = turnEnd?.kind === 'failed' ? turnEnd.words : (lastError ?? '');
      const resetsAt = failure.errorCode === 'agent_rate_limited' ? resetTimeIn(words, now()) : null;
      return { ok: false, ...failure, output: output === '' ? null : output, resetsAt, sessionId, usage };
    },
  };

  function stopped(end: ProcessEnd, limits: TimeLimits): Failure | null {
    const failure = stoppedBy(end, { program: PROGRAM, limits });
    const byLimit = ['agent_idle', 'agent_no_first_activity', 'agent_timeout'];
    if (failure === null || waitingFor === null || !byLimit.includes(failure.errorCode)) return failure;
    return { errorCode: 'agent_network', errorMessage: `${PROGRAM} cannot reach its model: ${waitingFor}` };
  }

  function failureOf(end: ProcessEnd): Failure | null {
    switch (turnEnd?.kind) {
      case 'failed':
        return failureOfTurn(turnEnd.words, { hasLogin });
      case 'completed':
        if (changeRefused !== null && mayChange) {
          return {
            errorCode: 'agent_permission_denied',
            errorMessage: `${PROGRAM} was not let change a file: ${changeRefused}`,
          };
        }
        if (lastWord !== null && lastWord.trim() !== '') return null;
        return {
          errorCode: 'agent_said_nothing',
          errorMessage: `${PROGRAM} ended its turn without a word; a refusal of the model looks like this.`,
        };
      case undefined:
        return failureWithoutTurn(end);
    }
  }

  function failureWithoutTurn(end: ProcessEnd): Failure {
    const died = diedOf(end, { program: PROGRAM });
    if (died?.errorCode === 'agent_killed') return died;
    if (lastError !== null) return failureOfTurn(lastError, { hasLogin });
    const said = failureOfWords(lastLine(end.stderrTail) ?? '', { hasLogin });
    return said ?? died ?? { errorCode: 'agent_crashed', errorMessage: `${PROGRAM} ended without its result.` };
  }

  async function tell(level: 'info' | 'warn' | 'error', text: string): Promise<void> {
    if (text.trim() !== '') await onActivity({ kind: 'message', level, text });
  }

  /** Its own log: it goes on writing there while nothing gets on, so none of it counts as activity. */
  async function onStderr(text: string): Promise<'quiet'> {
    const refused = /patch rejected: (.*?)(?:; rejected by user approval settings)?$/.exec(text)?.[1];
    if (refused === undefined) {
      const [, level, words = text] = /^\S+Z +(ERROR|WARN|INFO) +(.*)$/.exec(text) ?? [];
      await tell(level === 'INFO' ? 'info' : 'warn', words);
      return 'quiet';
    }
    changeRefused = oneLine(refused, 300);
    await onActivity({ kind: 'permission', tool: 'file_change', summary: changeRefused, allowed: false });
    return 'quiet';
  }

  async function onParsed(line: CodexLine): Promise<LineAnswer> {
    if (line.type === 'error') return onError(line.message ?? 'no reason given');
    waitingFor = null;
    switch (line.type) {
      case 'thread.started':
        sessionId = line.thread_id;
        await onActivity({ kind: 'session', sessionId });
        return 'quiet';
      case 'turn.started':
        return 'quiet';
      case 'turn.completed': {
        turnEnd = { kind: 'completed', usage: line.usage };
        const usage = usageOf(line.usage, resume?.usage ?? null);
        if (usage !== null) await onActivity({ kind: 'usage', usage, last: true });
        return 'finish';
      }
      case 'turn.failed': {
        const words = line.error?.message ?? lastError ?? '';
        turnEnd = { kind: 'failed', words };
        if (words !== lastError) await tell('error', words);
        return 'finish';
      }
      default: {
        const item = codexItem.safeParse(line.item);
        if (item.success) return onItem(item.data, line.type);
      }
    }
  }

  async function onError(message: string): Promise<LineAnswer> {
    if (!/^reconnecting/i.test(message)) {
      waitingFor = null;
      lastError = message;
      return tell('error', message);
    }
    const endless = /waiting for network/i.test(message);
    waitingFor = endless ? oneLine(message, 300) : null;
    await onActivity({ kind: 'retry', message: `The model call failed; it is tried again: ${oneLine(message, 300)}` });
    // A counted retry comes to an end by itself. This one does not, and must not hold the limits back.
    return endless ? 'quiet' : undefined;
  }

  async function onItem(item: CodexItem, when: 'item.started' | 'item.updated' | 'item.completed'): Promise<void> {
    if (isToolItem(item)) return onTool(item, when);
    if (item.type === 'todo_list') return onTodo(item.items);
    if (when !== 'item.completed') return;
    switch (item.type) {
      case 'agent_message': {
        lastWord = item.text;
        if (item.text.trim() === '') return;
        const answer = answerSchema === null ? undefined : structuredAnswer(item.text);
        const text = answer === undefined ? item.text : readableAnswer(answer);
        said.add(`${text}\n`);
        await onActivity({ kind: 'text', text });
        return;
      }
      case 'reasoning':
        if (item.text.trim() !== '') await onActivity({ kind: 'thinking', text: item.text });
        return;
      case 'error':
        return tell('warn', item.message ?? '');
    }
  }

  async function onTool(item: CodexToolItem, when: string): Promise<void> {
    const id = item.id ?? '';
    if (!running.has(id)) {
      running.add(id);
      lastWord = null;
      await onActivity(toolCall(item, directory));
    }
    if (when !== 'item.completed') return;
    running.delete(id);
    const result = toolResult(item, directory);
    if (item.type === 'file_change' && result?.ok === true) changeRefused = null;
    if (result !== null) await onActivity(result);
  }

  async function onTodo(items: readonly { readonly text: string; readonly completed: boolean }[]): Promise<void> {
    const next = items.find(({ completed }) => !completed);
    // It does not say which one it is at; it goes through them in order.
    const entries = items.map((item) => ({
      text: oneLine(item.text, 300),
      status: item.completed ? ('completed' as const) : item === next ? ('in_progress' as const) : ('pending' as const),
    }));
    const shown = JSON.stringify(entries);
    if (shown === planShown) return;
    planShown = shown;
    await onActivity({ kind: 'plan', entries } satisfies Activity);
  }
}

function parseLine(line: OutputLine): CodexLine | 'not_json' | null {
  const json = line.cut ? parseCutJson(line.text) : parseJson(line.text);
  if (json === undefined) return 'not_json';
  const known = codexLine.safeParse(json);
  return known.success ? known.data : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
