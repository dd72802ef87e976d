import type { RpcAnswer } from './rpc.ts';
import { permissionRequest } from './schema.ts';
import type { ToolCall } from './schema.ts';

/** Kinds of tools that change nothing, as the program itself says. */
const LOOKING = new Set(['read', 'search', 'think', 'fetch']);

export interface Verdict {
  readonly allowed: boolean;
  /** True when it was denied although the role may change things: the program offered no way to say yes. */
  readonly unwanted: boolean;
  readonly tool: ToolCall | null;
  readonly answer: RpcAnswer;
}

/**
 * Answers a program that asks for leave, by rule and at once: yes to everything where the role may change things, else
 * yes only to tools that look. A kind that is not known counts as one that changes.
 */
export function judgePermission(params: unknown, { mayChange }: { readonly mayChange: boolean }): Verdict {
  const parsed = permissionRequest.safeParse(params);
  const { toolCall: tool = null, options } = parsed.success ? parsed.data : { toolCall: null, options: [] };
  const wanted = mayChange || LOOKING.has(tool?.kind ?? '');
  const kinds = wanted ? ['allow_once', 'allow_always'] : ['reject_once', 'reject_always'];
  const option = kinds.map((kind) => options.find((offered) => offered.kind === kind)).find((found) => found);
  if (option !== undefined) {
    const outcome = { outcome: 'selected', optionId: option.optionId };
    return { allowed: wanted, unwanted: false, tool, answer: { ok: true, result: { outcome } } };
  }
  return {
    allowed: false,
    unwanted: wanted,
    tool,
    answer: { ok: true, result: { outcome: { outcome: 'cancelled' } } },
  };
}
