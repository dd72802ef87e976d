import type { AgentResult, AgentRun } from '../../ports/agent.ts';
import type { LineAnswer, OutputLine, ProcessEnd, TimeLimits } from '../../ports/process.ts';
import type { Failure } from '../end.ts';
import { diedOf, stoppedBy } from '../end.ts';
import { createKeptText } from '../text.ts';
import type { ClaudeDialogue } from './dialogue.ts';
import { readLine } from './line.ts';
import { createMessageReader } from './messages.ts';
import { createMidTurn } from './mid-turn.ts';
import { answerPermission } from './permission.ts';
import { failureOfResult, hasAnswer, isLostSession } from './result.ts';
import type { ClaudeControlLine, ClaudeLine, ClaudeResultLine, ClaudeSystemLine } from './schema.ts';
import { toolSummary } from './tool-summary.ts';
import { createUsageCount } from './usage.ts';

const PROGRAM = 'Claude Code';
const MAX_SAID_CHARACTERS = 256 * 1024;

/** System lines by which one sees that the model or a helper works; the others come also when nothing moves. */
const SIGNS_OF_WORK = new Set(['api_retry', 'thinking_tokens', 'task_started', 'task_progress', 'task_notification']);

/** Reads the stream of one run, and answers what it asks. */
export interface ClaudeReader {
  /** For `ProcessSpec.onLine`. */
  onLine(line: OutputLine): Promise<LineAnswer>;
  /** What the run came to; called once, after the end of the process. */
  result(end: ProcessEnd, limits: TimeLimits): AgentResult;
  /** True when it ended because the session to go on with is not there. */
  readonly lostSession: boolean;
}

export function createClaudeReader({
  run,
  dialogue,
}: {
  readonly run: Pick<AgentRun, 'directory' | 'onActivity' | 'mayChange' | 'resume' | 'onMessage'>;
  readonly dialogue: ClaudeDialogue;
}): ClaudeReader {
  const { directory, onActivity, mayChange } = run;
  const messages = createMessageReader({ directory });
  const midTurn = createMidTurn({ run, dialogue });
  const said = createKeptText({ maxCharacters: MAX_SAID_CHARACTERS });
  const usageCount = createUsageCount(run.resume?.usage ?? null);
  const deniedByRule = new Set<string>();
  let sessionId: string | null = null;
  let lastResult: ClaudeResultLine | null = null;
  let helpersAtWork = 0;
  let refused = false;
  let resetsAt: string | null = null;
  let unreadableBytes: number | null = null;
  let lostSession = false;

  return {
    get lostSession() {
      return lostSession;
    },

    async onLine(line) {
      // What is said outside of the protocol is no sign that the model works.
      if (line.stream === 'stderr') return tell('warn', line.text);
      const read = readLine(line);
      switch (read.is) {
        case 'known':
          return take(read.line);
        case 'unknown':
          return 'quiet';
        case 'unreadable_result':
          unreadableBytes = line.bytes;
          dialogue.end();
          return 'finish';
        case 'other':
          return tell('info', line.cut ? `A line of ${line.bytes} bytes was too long to be read.` : line.text);
      }
    },

    result(end, limits) {
      const usage = usageCount.read();
      const failure = stoppedBy(end, { program: PROGRAM, limits }) ?? failureOf(end);
      if (failure !== null) {
        const output = said.read().trimEnd();
        const reset = failure.errorCode === 'agent_rate_limited' ? resetsAt : null;
        return { ok: false, ...failure, output: output === '' ? null : output, resetsAt: reset, sessionId, usage };
      }
      const answer = lastResult?.structured_output ?? null;
      // The result of a structured answer is that answer as JSON: nothing for people.
      const words = lastResult !== null && hasAnswer(lastResult) ? messages.lastText : null;
      return { ok: true, output: words ?? lastResult?.result ?? messages.lastText ?? '', answer, sessionId, usage };
    },
  };

  function failureOf(end: ProcessEnd): Failure | null {
    if (lastResult !== null) {
      const { saidError, didAnything } = messages;
      return failureOfResult(lastResult, { saidError, didAnything, refused, deniedByRule });
    }
    if (unreadableBytes !== null) {
      return {
        errorCode: 'agent_output_invalid',
        errorMessage: `The result of ${PROGRAM} cannot be read: a line of ${unreadableBytes} bytes.`,
      };
    }
    const ending = 'ended without its result';
    return diedOf(end, { program: PROGRAM }) ?? { errorCode: 'agent_crashed', errorMessage: `${PROGRAM} ${ending}.` };
  }

  async function take(line: ClaudeLine): Promise<LineAnswer> {
    if (line.type === 'result') return onResult(line);
    await notice(line.session_id);
    switch (line.type) {
      case 'system':
        return onSystem(line);
      case 'assistant':
      case 'user':
        for (const activity of messages.read(line)) {
          if (activity.kind === 'text') said.add(`${activity.text}\n`);
          await onActivity(activity);
        }
        return;
      case 'control_request':
        return onRequest(line);
      case 'control_response':
        return line.response.subtype === 'error' ? tell('warn', line.response.error ?? '') : 'quiet';
      case 'rate_limit_event': {
        const { status, resetsAt: seconds } = line.rate_limit_info;
        if (status === 'rejected' && typeof seconds === 'number') resetsAt = timeOf(seconds);
        return 'quiet';
      }
      case 'tool_progress':
        return;
      case 'command_lifecycle':
        await midTurn.onLifecycle({ id: line.command_uuid ?? '', state: line.state ?? '' });
        return 'quiet';
    }
  }

  async function notice(id: string | null | undefined): Promise<void> {
    if (id === null || id === undefined || id === '' || id === sessionId) return;
    sessionId = id;
    await onActivity({ kind: 'session', sessionId: id });
  }

  async function tell(level: 'info' | 'warn' | 'error', text: string): Promise<'quiet'> {
    if (text.trim() !== '') await onActivity({ kind: 'message', level, text });
    return 'quiet';
  }

  async function onSystem(line: ClaudeSystemLine): Promise<LineAnswer> {
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
        return 'quiet';
      case 'informational':
        return tell('info', line.content ?? '');
      case 'background_tasks_changed':
        helpersAtWork = (line.tasks ?? []).filter((task) => task.task_type === 'local_agent').length;
        return 'quiet';
      default:
        return SIGNS_OF_WORK.has(line.subtype) ? undefined : 'quiet';
    }
  }

  async function onRequest({ request_id: requestId, request }: ClaudeControlLine): Promise<LineAnswer> {
    if (request.subtype !== 'can_use_tool') {
      dialogue.refuse(requestId);
      return 'quiet';
    }
    const { input } = request;
    const tool = request.tool_name ?? 'unknown';
    const answer = answerPermission({ tool, mayChange, wantsPerson: request.requires_user_interaction === true });
    if (!answer.allowed && request.tool_use_id) deniedByRule.add(request.tool_use_id);
    dialogue.answer({ requestId, input, answer });
    const summary = toolSummary({ tool, input, directory });
    return onActivity({ kind: 'permission', tool, summary, allowed: answer.allowed });
  }

  async function onResult(line: ClaudeResultLine): Promise<LineAnswer> {
    lostSession = run.resume !== null && isLostSession(line);
    if (!lostSession) await notice(line.session_id);
    lastResult = line;
    usageCount.add(line);
    const usage = usageCount.read();
    if (usage !== null) await onActivity({ kind: 'usage', usage });
    // More turns follow, and what helpers in the background find: their result is the one that counts. A message that was said
    // just before the result is a turn of its own.
    const goesOn = helpersAtWork > 0 || midTurn.waits;
    if ((line.queued_turn_count ?? 0) > 0 || (goesOn && line.is_error !== true)) return;
    dialogue.end();
    return 'finish';
  }
}

function retryMessage(line: ClaudeSystemLine): string {
  const why = line.error_status ? `${line.error ?? 'error'}, ${line.error_status}` : (line.error ?? 'no reason given');
  const count = line.attempt ? ` (${line.attempt} of ${line.max_retries ?? '?'})` : '';
  return `The model call failed (${why}); it is tried again${count}`;
}

/** Null for what is no time: ISO 8601 has none beyond the year 275760. */
function timeOf(seconds: number): string | null {
  const time = new Date(seconds * 1000);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}
