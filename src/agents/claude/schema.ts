import { z } from 'zod';

/**
 * The lines of `claude -p --input-format stream-json --output-format stream-json --verbose`, as far as they are used
 * here. Permissive: what is not essential may be absent or of another type, and kinds that are not known are ignored.
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
  /** `background_tasks_changed`. */
  tasks: z
    .array(z.object({ task_type: text }))
    .nullish()
    .catch(null),
});

const messageLine = z.object({
  type: z.enum(['assistant', 'user']),
  session_id: text,
  message: z.object({ content: z.union([z.string(), z.array(z.unknown())]) }),
  /** Set on what a helper says or does: the call that has started it. */
  parent_tool_use_id: text,
  /** Set on a message that Claude Code wrote itself because the model call failed. */
  is_api_error_message: flag,
  error: text,
  /** What a tool gave back, in its own form: here of `TaskCreate`. */
  tool_use_result: z
    .object({ task: z.object({ id: z.string() }).nullish().catch(null) })
    .nullish()
    .catch(null),
});

const tokens = z.object({
  input_tokens: number,
  cache_creation_input_tokens: number,
  cache_read_input_tokens: number,
  output_tokens: number,
});

const modelTokens = z.object({
  inputTokens: number,
  cacheCreationInputTokens: number,
  cacheReadInputTokens: number,
  outputTokens: number,
  costUSD: number,
});

const resultLine = z.object({
  type: z.literal('result'),
  subtype: text,
  session_id: text,
  is_error: flag,
  result: text,
  /** With `--json-schema`. */
  structured_output: z.unknown().optional(),
  errors: z.array(z.string()).nullish().catch(null),
  stop_reason: text,
  terminal_reason: text,
  api_error: text,
  api_error_type: text,
  api_error_status: number,
  /** Of the whole session, also of the part before a resume. */
  total_cost_usd: number,
  /** How many more turns follow, each with a result of its own. */
  queued_turn_count: number,
  /** Of this turn, without what its helpers used. */
  usage: tokens.nullish().catch(null),
  /** Of everything in this process since its last result, by model. */
  model_usage_since_last_result: z.record(z.string(), modelTokens).nullish().catch(null),
  permission_denials: z
    .array(z.object({ tool_name: z.string(), tool_use_id: text }))
    .nullish()
    .catch(null),
});

const rateLimitLine = z.object({
  type: z.literal('rate_limit_event'),
  session_id: text,
  /** `resetsAt` in seconds since 1970. */
  rate_limit_info: z.object({ status: text, resetsAt: number }),
});

/** It asks us: for leave (`can_use_tool`), or something that is not offered here. */
const controlLine = z.object({
  type: z.literal('control_request'),
  session_id: text,
  request_id: z.string(),
  request: z.object({
    subtype: z.string(),
    tool_name: text,
    tool_use_id: text,
    input: z.unknown().optional(),
    requires_user_interaction: flag,
  }),
});

/** Its answer to what we have asked. */
const controlAnswerLine = z.object({
  type: z.literal('control_response'),
  session_id: text,
  response: z.object({ subtype: text, error: text }),
});

/** That a tool is still running, each half minute. */
const progressLine = z.object({ type: z.literal('tool_progress'), session_id: text });

/** What becomes of something that was said to it: `queued`, `started` when it is a part of its turn, `completed`. */
const lifecycleLine = z.object({
  type: z.literal('command_lifecycle'),
  session_id: text,
  command_uuid: text,
  state: text,
});

export const claudeLine = z.discriminatedUnion('type', [
  systemLine,
  messageLine,
  resultLine,
  rateLimitLine,
  controlLine,
  controlAnswerLine,
  progressLine,
  lifecycleLine,
]);

export const claudeBlock = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('thinking'), thinking: z.string() }),
  z.object({ type: z.literal('tool_use'), id: text, name: z.string(), input: z.unknown().optional() }),
  z.object({
    type: z.literal('tool_result'),
    tool_use_id: text,
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

const taskStatus = z.enum(['pending', 'in_progress', 'completed']);

/** The tools that keep its list of tasks, with what each is called with. */
export const claudePlanCall = z.discriminatedUnion('name', [
  z.object({
    name: z.literal('TodoWrite'),
    input: z.object({ todos: z.array(z.object({ content: z.string(), status: taskStatus.catch('pending') })) }),
  }),
  z.object({ name: z.literal('TaskCreate'), input: z.object({ subject: z.string() }) }),
  z.object({
    name: z.literal('TaskUpdate'),
    input: z.object({
      taskId: z.string(),
      subject: text,
      status: z
        .enum([...taskStatus.options, 'deleted'])
        .nullish()
        .catch(null),
    }),
  }),
]);

export type ClaudeLine = z.infer<typeof claudeLine>;
export type ClaudeSystemLine = z.infer<typeof systemLine>;
export type ClaudeMessageLine = z.infer<typeof messageLine>;
export type ClaudeResultLine = z.infer<typeof resultLine>;
export type ClaudeControlLine = z.infer<typeof controlLine>;
export type ClaudeBlock = z.infer<typeof claudeBlock>;
export type ClaudePlanCall = z.infer<typeof claudePlanCall>;
