import { z } from 'zod';

/**
 * The Agent Client Protocol, version 1, as far as it is used here. Permissive: what is not essential may be absent or of
 * another type, kinds that are not known are passed over, and an item that cannot be read does not take its list along.
 */
const text = z.string().nullish().catch(null);
const number = z.number().nullish().catch(null);
const object = z.record(z.string(), z.unknown()).nullish().catch(null);

function listOf<Item extends z.ZodType>(item: Item) {
  return z
    .array(z.unknown())
    .catch([])
    .transform((entries) =>
      entries.flatMap((entry) => {
        const known = item.safeParse(entry);
        return known.success ? [known.data] : [];
      }),
    );
}

const id = z.union([z.string(), z.number()]);

/** Any line: a request has a method and an id, a notification a method alone, an answer an id alone. */
export const rpcMessage = z.object({
  id: id.nullish().catch(null),
  method: text,
  params: z.unknown().optional(),
  result: z.unknown().optional(),
  error: z.object({ code: number, message: text, data: z.unknown().optional() }).nullish().catch(null),
});

export const initialized = z.object({
  protocolVersion: number,
  agentInfo: z.object({ name: text, title: text, version: text }).nullish().catch(null),
  agentCapabilities: z
    .object({
      loadSession: z.boolean().nullish().catch(null),
      sessionCapabilities: z.object({ resume: object, fork: object }).nullish().catch(null),
    })
    .nullish()
    .catch(null),
  authMethods: listOf(
    z.object({
      id: z.string(),
      type: text,
      vars: listOf(z.object({ name: z.string() })).optional(),
      _meta: object,
    }),
  ).optional(),
});

const choice = z.object({ id: text, modelId: text, value: text, name: text });
/** Values stand in the list itself, or in groups. */
const choices = listOf(choice.extend({ options: listOf(choice).optional() })).transform((entries) =>
  entries.flatMap(({ options, ...entry }) => options ?? [entry]),
);

export const sessionState = z.object({
  /** Only of a new session. */
  sessionId: text,
  modes: z.object({ currentModeId: text, availableModes: choices }).nullish().catch(null),
  models: z.object({ currentModelId: text, availableModels: choices }).nullish().catch(null),
  configOptions: listOf(z.object({ id: z.string(), category: text, currentValue: text, options: choices.optional() }))
    .nullish()
    .catch(null),
});

const tokens = z.object({
  inputTokens: number,
  outputTokens: number,
  totalTokens: number,
  cachedReadTokens: number,
  cachedWriteTokens: number,
  thoughtTokens: number,
});

export const promptAnswer = z.object({
  stopReason: text,
  /** Null, and not absent, is how one program says that its turn has failed. */
  usage: tokens.nullish().catch(undefined),
  _meta: z
    .object({
      quota: z
        .object({ token_count: z.object({ input_tokens: number, output_tokens: number }).nullish().catch(null) })
        .nullish()
        .catch(null),
    })
    .nullish()
    .catch(null),
});

const block = z.object({ type: text, text });
const location = z.object({ path: z.string() });

export const toolCall = z.object({
  toolCallId: z.string(),
  title: text,
  kind: text,
  status: text,
  name: text,
  rawInput: z.unknown().optional(),
  rawOutput: z.unknown().optional(),
  locations: listOf(location).nullish(),
  content: listOf(z.object({ type: text, path: text, content: block.nullish().catch(null) })).nullish(),
  _meta: z
    .object({ toolName: text, claudeCode: z.object({ toolName: text }).nullish().catch(null) })
    .nullish()
    .catch(null),
});

/** What a summary of a tool call and its result are made of; each program has names of its own. */
export const toolInput = z.object({
  command: text,
  file_path: text,
  filePath: text,
  filepath: text,
  path: text,
});
export const toolOutput = z.object({ output: text, text });

export const permissionRequest = z.object({
  toolCall: toolCall.nullish().catch(null),
  options: listOf(z.object({ optionId: z.string(), kind: text })),
});

export const chunk = z.object({
  content: block.nullish().catch(null),
  messageId: text,
  _meta: z
    .object({
      usage: tokens.nullish().catch(null),
      claudeCode: z.object({ kind: text, level: text }).nullish().catch(null),
    })
    .nullish()
    .catch(null),
});

export const plan = z.object({ entries: listOf(z.object({ content: z.string(), status: text })) });

export const usageUpdate = z.object({
  cost: z.object({ amount: z.number(), currency: text }).nullish().catch(null),
});

export const sessionInfo = z.object({
  _meta: z.object({ codex: z.object({ threadStatus: z.object({ type: text }) }) }),
});

/** The kind of an update, and the rest of it unread. */
export const sessionUpdate = z.object({
  sessionId: text,
  update: z.looseObject({ sessionUpdate: z.string() }),
});

export type RpcId = z.infer<typeof id>;
export type Initialized = z.infer<typeof initialized>;
export type SessionState = z.infer<typeof sessionState>;
export type PromptAnswer = z.infer<typeof promptAnswer>;
export type Choice = z.infer<typeof choice>;
export type PlanEntries = z.infer<typeof plan>['entries'];
export type ToolCall = z.infer<typeof toolCall>;
export type Tokens = z.infer<typeof tokens>;
