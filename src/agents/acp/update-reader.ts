import type { Usage } from '../../domain/step.ts';
import type { Activity, AgentRun } from '../../ports/agent.ts';
import { createKeptText, preview } from '../text.ts';
import { createJoinedText } from './joined-text.ts';
import { chunk, plan, sessionInfo, toolCall, usageUpdate } from './schema.ts';
import type { PlanEntries, PromptAnswer, ToolCall } from './schema.ts';
import { createToolCalls } from './tool-calls.ts';
import { createUsageCount } from './usage.ts';

const MAX_SAID_CHARACTERS = 256 * 1024;

/** What the updates of one turn of an agent come to. */
export interface UpdateReader {
  /** Takes in one `session/update`. False for one that is no activity of the model. */
  take(kind: string, update: unknown): Promise<boolean>;
  /** A tool for which the program asks for leave; some tell of it in no other way. */
  showTool(tool: ToolCall): Promise<void>;
  /** Shows what is still to be shown, once nothing more can come. */
  flush(): Promise<void>;
  usage(answer: PromptAnswer | null): Usage | null;
  /** The last message: the answer or report. */
  lastMessage(): string;
  /** All messages. */
  said(): string;
  readonly usedTools: boolean;
  /** The program has said that its turn failed, though not why. */
  readonly failed: boolean;
  /** Tools that were denied by somebody else than the rule of this service. */
  readonly denied: ReadonlySet<string>;
}

export function createUpdateReader({
  run,
  tokensAreOfLastCall,
}: {
  readonly run: Pick<AgentRun, 'directory' | 'onActivity' | 'resume' | 'mayChange'>;
  readonly tokensAreOfLastCall: boolean;
}): UpdateReader {
  const joined = { text: createJoinedText(), thinking: createJoinedText() };
  const said = createKeptText({ maxCharacters: MAX_SAID_CHARACTERS });
  const count = createUsageCount({ before: run.resume?.usage ?? null, tokensAreOfLastCall });
  const tools = createToolCalls(run);
  let message = createKeptText({ maxCharacters: MAX_SAID_CHARACTERS });
  let messageId: string | null = null;
  let lastMessage = '';
  let hasEnded = true;
  let failed = false;

  const show = async (kind: 'text' | 'thinking', text: string | null): Promise<void> => {
    if (text !== null) await run.onActivity({ kind, text });
  };
  const flush = async (): Promise<void> => {
    await show('thinking', joined.thinking.flush());
    await show('text', joined.text.flush());
  };
  /** What comes next is another message. */
  const endMessage = (): void => {
    const text = message.read().trim();
    if (text !== '') lastMessage = text;
    message = createKeptText({ maxCharacters: MAX_SAID_CHARACTERS });
    hasEnded = true;
  };

  async function tellUsage(): Promise<void> {
    const usage = count.read(null);
    if (usage !== null) await run.onActivity({ kind: 'usage', usage });
  }

  async function onMessage(update: unknown): Promise<boolean> {
    const parsed = chunk.safeParse(update);
    if (!parsed.success) return false;
    const { content, messageId: id = null, _meta: meta } = parsed.data;
    if (meta?.usage) {
      count.onModelCall(meta.usage);
      await tellUsage();
    }
    const piece = content?.text ?? '';
    if (piece === '') return true;
    if (meta?.claudeCode?.kind === 'informational') {
      const level = meta.claudeCode.level === 'warning' ? 'warn' : 'info';
      await run.onActivity({ kind: 'message', level, text: preview(piece, 2000) });
      return false;
    }
    // Gemini says the change of its mode, which was ours, in the words of its model.
    if (/^\[MODE_UPDATE\] \w+$/.test(piece)) return false;
    await show('thinking', joined.thinking.flush());
    if (!hasEnded && id !== messageId) {
      await show('text', joined.text.flush());
      endMessage();
    }
    if (hasEnded) said.add('\n');
    hasEnded = false;
    messageId = id;
    message.add(piece);
    said.add(piece);
    await show('text', joined.text.add(piece));
    return true;
  }

  async function onThought(update: unknown): Promise<boolean> {
    const parsed = chunk.safeParse(update);
    // Gemini gives its thoughts a title in asterisks, also where they have none.
    const piece = parsed.success ? (parsed.data.content?.text ?? '').replace(/^\*{4}\n/, '') : '';
    await show('text', joined.text.flush());
    await show('thinking', joined.thinking.add(piece));
    return true;
  }

  async function onTool(update: unknown): Promise<boolean> {
    const parsed = toolCall.safeParse(update);
    if (!parsed.success) return false;
    await flush();
    endMessage();
    await tools.take(parsed.data);
    return true;
  }

  return {
    async take(kind, update) {
      switch (kind) {
        case 'agent_message_chunk':
          return onMessage(update);
        case 'agent_thought_chunk':
          return onThought(update);
        case 'tool_call':
        case 'tool_call_update':
          return onTool(update);
        case 'plan': {
          const parsed = plan.safeParse(update);
          if (parsed.success) await run.onActivity(planOf(parsed.data.entries));
          return true;
        }
        case 'usage_update': {
          const cost = usageUpdate.safeParse(update).data?.cost;
          if (!cost || cost.currency !== 'USD' || !count.onCost(cost.amount)) return true;
          await tellUsage();
          return true;
        }
        case 'session_info_update':
          failed ||= sessionInfo.safeParse(update).data?._meta.codex.threadStatus.type === 'systemError';
          return false;
        default:
          return false;
      }
    },
    async showTool(tool) {
      await flush();
      await tools.show(tool);
    },
    flush,
    usage: (answer) => count.read(answer),
    lastMessage() {
      endMessage();
      return lastMessage;
    },
    said: () => said.read().trim(),
    get usedTools() {
      return tools.used;
    },
    get failed() {
      return failed;
    },
    denied: tools.denied,
  };
}

function planOf(entries: PlanEntries): Activity {
  return {
    kind: 'plan',
    entries: entries.map(({ content, status }) => ({
      text: content,
      status: status === 'completed' || status === 'in_progress' ? status : 'pending',
    })),
  };
}
