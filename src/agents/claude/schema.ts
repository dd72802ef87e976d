import { z } from 'zod';

/**
 * The lines of `claude -p --output-format stream-json --verbose`, as far as they are used here. Permissive: what is
 * not essential may be absent or of another type, and kinds that are not known are ignored.
 */
const text = z.string().nullish().catch(null);
const number = z.number().nullish().catch(null);
const flag = z.boolean().nullish().catch(null);

const systemLine = z.object({
  type: z.literal('system'),
  subtype: z.string(),
  session_id: text,
  model: text,
  claude_code_version: text,
  /** `informational`. */
  content: text,
  /** `permission_denied`. */
  tool_name: text,
  /** `api_retry`. */
  attempt: number,
  max_retries: number,
  error_status: number,
  error: text,
});

const messageLine = z.object({
  type: z.enum(['assistant', 'user']),
  session_id: text,
  message: z.object({ content: z.union([z.string(), z.array(z.unknown())]) }),
  /** Set on a message that Claude Code wrote itself because the model call failed. */
  is_api_error_message: flag,
  error: text,
});

const resultLine = z.object({
  type: z.literal('result'),
  subtype: text,
  session_id: text,
  is_error: flag,
  result: text,
  errors: z.array(z.string()).nullish().catch(null),
  stop_reason: text,
  terminal_reason: text,
  api_error: text,
  api_error_type: text,
  api_error_status: number,
  total_cost_usd: number,
  /** How many more turns follow, each with a result of its own. */
  queued_turn_count: number,
  usage: z
    .object({
      input_tokens: number,
      cache_creation_input_tokens: number,
      cache_read_input_tokens: number,
      output_tokens: number,
    })
    .nullish()
    .catch(null),
  permission_denials: z
    .array(z.object({ tool_name: z.string() }))
    .nullish()
    .catch(null),
});

export const claudeLine = z.discriminatedUnion('type', [systemLine, messageLine, resultLine]);

export const claudeBlock = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('thinking'), thinking: z.string() }),
  z.object({ type: z.literal('tool_use'), name: z.string(), input: z.unknown() }),
  z.object({
    type: z.literal('tool_result'),
    is_error: flag,
    content: z
      .union([z.string(), z.array(z.object({ text: z.string().optional() }))])
      .nullish()
      .catch(null),
  }),
]);

/** What a summary of a tool call is made of; each tool has a few of them. */
export const claudeToolInput = z.object({
  file_path: text,
  notebook_path: text,
  path: text,
  command: text,
  pattern: text,
  query: text,
  url: text,
  description: text,
  skill: text,
});

export type ClaudeLine = z.infer<typeof claudeLine>;
export type ClaudeSystemLine = z.infer<typeof systemLine>;
export type ClaudeMessageLine = z.infer<typeof messageLine>;
export type ClaudeResultLine = z.infer<typeof resultLine>;
export type ClaudeBlock = z.infer<typeof claudeBlock>;
