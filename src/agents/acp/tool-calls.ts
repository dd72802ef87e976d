import type { AgentRun } from '../../ports/agent.ts';
import { preview } from '../text.ts';
import { toolOutput } from './schema.ts';
import type { ToolCall } from './schema.ts';
import { toolName, toolSummary } from './tool-summary.ts';

const MAX_RESULT_CHARACTERS = 2000;
const MAX_INPUT_CHARACTERS = 2000;
/** More are not open at once; what a program never ends must not fill the memory. */
const MAX_OPEN = 500;

/** A denial by a rule of the program's own, in the words of the programs that were tried. */
const DENIED =
  /denied by (?:policy|the user)|permission to use .{0,80}denied|user (?:rejected|refused)|rejected permission/i;
const WORKING = new Set(['edit', 'delete', 'move', 'execute']);

interface OpenCall {
  readonly call: ToolCall;
  readonly isShown: boolean;
}

/** The tool calls of one turn: each is shown once, when it can be told what it is about, and so is its result. */
export interface ToolCalls {
  take(update: ToolCall): Promise<void>;
  show(tool: ToolCall): Promise<void>;
  readonly used: boolean;
  readonly denied: ReadonlySet<string>;
}

export function createToolCalls({
  directory,
  mayChange,
  onActivity,
}: Pick<AgentRun, 'directory' | 'mayChange' | 'onActivity'>): ToolCalls {
  const open = new Map<string, OpenCall>();
  const denied = new Set<string>();
  let used = false;

  async function take(update: ToolCall, { ready }: { readonly ready: boolean }): Promise<ToolCall> {
    used = true;
    const known = open.get(update.toolCallId);
    const call = known === undefined ? update : merge(known.call, update);
    const isShown = (known?.isShown ?? false) || ready || isTelling(call);
    open.set(update.toolCallId, { call, isShown });
    if (open.size > MAX_OPEN) open.delete(open.keys().next().value ?? '');
    if (isShown && known?.isShown !== true) {
      const summary = toolSummary(call, { directory });
      await onActivity({ kind: 'tool_call', tool: toolName(call), summary, input: boundedInput(call.rawInput) });
    }
    return call;
  }

  return {
    denied,
    get used() {
      return used;
    },
    async show(tool) {
      await take(tool, { ready: true });
    },
    async take(update) {
      const ok = update.status === 'completed';
      const hasEnded = ok || update.status === 'failed';
      const call = await take(update, { ready: hasEnded });
      if (!hasEnded) return;
      open.delete(update.toolCallId);
      const text = resultOf(update);
      if (!ok && mayChange && WORKING.has(call.kind ?? '') && DENIED.test(text)) denied.add(toolName(call));
      await onActivity({ kind: 'tool_result', ok, text: preview(text, MAX_RESULT_CHARACTERS) });
    },
  };
}

/** Updates hold only what has changed. */
function merge(known: ToolCall, update: ToolCall): ToolCall {
  return {
    toolCallId: known.toolCallId,
    title: update.title ?? known.title,
    kind: update.kind ?? known.kind,
    status: update.status ?? known.status,
    name: update.name ?? known.name,
    rawInput: update.rawInput ?? known.rawInput,
    rawOutput: update.rawOutput ?? known.rawOutput,
    locations: update.locations ?? known.locations,
    content: update.content ?? known.content,
    _meta: update._meta ?? known._meta,
  };
}

/** Some programs announce a tool before the model has said with what. */
function isTelling({ status, rawInput, locations, kind }: ToolCall): boolean {
  if (status !== 'pending') return true;
  if (typeof rawInput === 'object' && rawInput !== null && Object.keys(rawInput).some((key) => key !== 'cwd'))
    return true;
  return kind !== 'execute' && (locations?.length ?? 0) > 0;
}

function resultOf({ content, rawOutput }: ToolCall): string {
  const texts = (content ?? []).flatMap(({ type, content: block, path }) =>
    type === 'diff' ? [`changed ${path ?? 'a file'}`] : [block?.text ?? ''],
  );
  const said = texts.filter((text) => text !== '').join('\n');
  if (said !== '') return said;
  if (typeof rawOutput === 'string') return rawOutput;
  const output = toolOutput.safeParse(rawOutput);
  return output.success ? (output.data.output ?? output.data.text ?? '') : '';
}

/** What a tool is called with can be a whole file; the log needs to know what it was about. */
function boundedInput(input: unknown): unknown {
  if (typeof input !== 'object' || input === null) return input ?? null;
  return Object.fromEntries(
    Object.entries(input).map(([name, value]: [string, unknown]) => {
      if (typeof value === 'string') return [name, preview(value, MAX_INPUT_CHARACTERS)];
      const json = JSON.stringify(value) ?? '';
      return [name, json.length > MAX_INPUT_CHARACTERS ? preview(json, MAX_INPUT_CHARACTERS) : value];
    }),
  );
}
