import type { Activity, AgentRun } from '../../ports/agent.ts';
import { preview } from '../text.ts';
import { createClaudePlan } from './plan.ts';
import type { ClaudeBlock, ClaudeMessageLine } from './schema.ts';
import { claudeBlock } from './schema.ts';
import { toolSummary } from './tool-summary.ts';

const MAX_TOOL_RESULT_CHARACTERS = 2000;
const MAX_INPUT_CHARACTERS = 2000;

/** Reads what the model says and what its tools give back. */
export interface MessageReader {
  /** In their order. A text is only ever the agent's own, never a helper's. */
  read(line: ClaudeMessageLine): readonly Activity[];
  readonly lastText: string | null;
  /** Of a message that the program wrote itself because the model call failed. */
  readonly saidError: string | null;
  /** Whether there was a word or a tool call. */
  readonly didAnything: boolean;
}

export function createMessageReader({ directory }: Pick<AgentRun, 'directory'>): MessageReader {
  const plan = createClaudePlan();
  let lastText: string | null = null;
  let saidError: string | null = null;
  let didAnything = false;

  return {
    get lastText() {
      return lastText;
    },
    get saidError() {
      return saidError;
    },
    get didAnything() {
      return didAnything;
    },
    read(line) {
      if (line.is_api_error_message === true) saidError = line.error ?? 'unknown';
      const content = typeof line.message.content === 'string' ? [] : line.message.content;
      return content.flatMap((raw) => {
        const block = claudeBlock.safeParse(raw);
        return block.success ? activitiesOf(line, block.data) : [];
      });
    },
  };

  function activitiesOf(line: ClaudeMessageLine, block: ClaudeBlock): readonly Activity[] {
    const byHelper = Boolean(line.parent_tool_use_id);
    switch (block.type) {
      case 'text':
        // What is said to the model is not what it says; a failed call is told as an error, not as an answer.
        if (line.type === 'user' || block.text.trim() === '') return [];
        if (line.is_api_error_message === true) return [{ kind: 'message', level: 'error', text: block.text }];
        if (byHelper) return [{ kind: 'message', level: 'info', text: `A helper says: ${block.text}` }];
        didAnything = true;
        lastText = block.text;
        return [{ kind: 'text', text: block.text }];
      case 'thinking':
        return block.thinking.trim() === '' ? [] : [{ kind: 'thinking', text: block.thinking }];
      case 'tool_use': {
        const { id, name, input } = block;
        didAnything = true;
        if (id && !byHelper) plan.called({ id, name, input });
        const summary = toolSummary({ tool: name, input, directory });
        return [{ kind: 'tool_call', tool: name, summary, input: boundedInput(input) }];
      }
      case 'tool_result': {
        const { content, tool_use_id: id } = block;
        const whole = typeof content === 'string' ? content : (content ?? []).map((part) => part.text ?? '').join('\n');
        const ok = block.is_error !== true;
        const taskId = line.tool_use_result?.task?.id ?? null;
        const entries = ok && id ? plan.succeeded({ id, taskId }) : null;
        return [
          { kind: 'tool_result', ok, text: preview(whole, MAX_TOOL_RESULT_CHARACTERS) },
          ...(entries === null ? [] : [{ kind: 'plan' as const, entries }]),
        ];
      }
    }
  }
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
