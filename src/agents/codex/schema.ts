import { z } from 'zod';

/**
 * The lines of `codex exec --json`, as far as they are used here. Permissive: what is not essential may be absent or of
 * another type, and kinds that are not known are ignored.
 */
const text = z.string().nullish().catch(null);
const number = z.number().nullish().catch(null);

const usage = z
  .object({
    /** With what was read from the cache. */
    input_tokens: number,
    output_tokens: number,
  })
  .nullish()
  .catch(null);

export const codexLine = z.discriminatedUnion('type', [
  z.object({ type: z.literal('thread.started'), thread_id: z.string() }),
  z.object({ type: z.literal('turn.started') }),
  /** `usage` counts over the whole thread, with what an earlier run of it has used. */
  z.object({ type: z.literal('turn.completed'), usage }),
  z.object({ type: z.literal('turn.failed'), error: z.object({ message: text }).nullish().catch(null) }),
  z.object({ type: z.literal('error'), message: text }),
  z.object({ type: z.enum(['item.started', 'item.updated', 'item.completed']), item: z.unknown() }),
]);

const status = text;

export const codexItem = z.discriminatedUnion('type', [
  z.object({ id: text, type: z.literal('agent_message'), text: z.string() }),
  z.object({ id: text, type: z.literal('reasoning'), text: z.string() }),
  z.object({
    id: text,
    type: z.literal('command_execution'),
    command: z.string(),
    aggregated_output: text,
    exit_code: number,
    status,
  }),
  z.object({
    id: text,
    type: z.literal('file_change'),
    changes: z.array(z.object({ path: z.string(), kind: text })).catch([]),
    status,
  }),
  z.object({
    id: text,
    type: z.literal('mcp_tool_call'),
    server: text,
    tool: text,
    arguments: z.unknown().optional(),
    result: z
      .object({ content: z.array(z.object({ text })).catch([]) })
      .nullish()
      .catch(null),
    error: z.object({ message: text }).nullish().catch(null),
    status,
  }),
  z.object({ id: text, type: z.literal('web_search'), query: text }),
  z.object({
    id: text,
    type: z.literal('todo_list'),
    items: z.array(z.object({ text: z.string(), completed: z.boolean().catch(false) })),
  }),
  /** A warning: the turn goes on. */
  z.object({ id: text, type: z.literal('error'), message: text }),
]);

/** A last message in the form of an answer schema; its form is checked by who asked for it. */
export const answerObject = z.record(z.string(), z.unknown());

export type CodexLine = z.infer<typeof codexLine>;
export type CodexItem = z.infer<typeof codexItem>;
export type CodexUsage = z.infer<typeof usage>;
/** What the program does with a tool. */
export type CodexToolItem = Extract<
  CodexItem,
  { readonly type: 'command_execution' | 'file_change' | 'mcp_tool_call' | 'web_search' }
>;
