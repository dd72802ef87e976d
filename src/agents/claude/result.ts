import type { Usage } from '../../domain/step.ts';
import type { Failure } from '../end.ts';
import { oneLine } from '../text.ts';
import type { ClaudeResultLine } from './schema.ts';

const MAX_MESSAGE_CHARACTERS = 300;

/** Tools whose denial means that the work was not done; a denied look at a secret file is as it should be. */
const WORKING_TOOLS = new Set(['Edit', 'MultiEdit', 'NotebookEdit', 'Write', 'Bash']);

/**
 * Why a result is not a success, or null. The word `success` in it proves nothing: an API error, a refusal and denied
 * edits all end with it, and with exit code 0.
 */
export function failureOfResult(
  result: ClaudeResultLine,
  { saidError, refused }: { readonly saidError: string | null; readonly refused: boolean },
): Failure | null {
  const said = oneLine(result.result ?? result.errors?.join('; ') ?? '', MAX_MESSAGE_CHARACTERS);
  const fail = (errorCode: Failure['errorCode'], sentence: string): Failure => ({
    errorCode,
    errorMessage: said === '' ? `${sentence}.` : `${sentence}: ${said}`,
  });

  if (result.subtype === 'error_max_turns' || result.terminal_reason === 'max_turns') {
    return fail('agent_turn_limit', 'Claude Code reached its limit of turns');
  }
  if (result.subtype === 'error_max_budget_usd' || result.terminal_reason === 'budget_exhausted') {
    return fail('agent_budget_limit', 'Claude Code reached its budget');
  }
  // A refusal has the marks of an API error too, so it is looked for first.
  if (result.stop_reason === 'refusal' || refused) return fail('agent_refused', 'The model refused the request');
  if (result.is_error === true || result.terminal_reason === 'api_error' || isErrorStatus(result.api_error_status)) {
    return failureOfError(result, { said, saidError, fail });
  }
  const denied = (result.permission_denials ?? []).map((denial) => denial.tool_name);
  if (denied.some((tool) => WORKING_TOOLS.has(tool))) {
    const tools = [...new Set(denied)].join(', ');
    return { errorCode: 'agent_permission_denied', errorMessage: `Claude Code was denied the use of ${tools}.` };
  }
  if (result.subtype !== null && result.subtype !== undefined && result.subtype !== 'success') {
    return fail('agent_crashed', `Claude Code ended with ${result.subtype}`);
  }
  return null;
}

function failureOfError(
  result: ClaudeResultLine,
  {
    said,
    saidError,
    fail,
  }: {
    readonly said: string;
    readonly saidError: string | null;
    readonly fail: (errorCode: Failure['errorCode'], sentence: string) => Failure;
  },
): Failure {
  const status = result.api_error_status ?? null;
  const kind = `${result.api_error_type ?? ''} ${result.api_error ?? ''} ${saidError ?? ''}`;

  if (
    status === 401 ||
    status === 403 ||
    /authentication|permission_error|oauth/.test(kind) ||
    /\/login\b/.test(said)
  ) {
    return fail('agent_not_logged_in', 'Claude Code is not logged in');
  }
  if (status === 402 || /billing/.test(kind)) return fail('agent_budget_limit', 'The account has no credit left');
  if (status === 429 || /rate_limit/.test(kind) || /\b(?:usage|session|weekly) limit\b/i.test(said)) {
    return fail('agent_rate_limited', 'The model is rate limited');
  }
  if ((status !== null && status >= 500) || /overloaded/.test(kind)) {
    return fail('agent_overloaded', 'The model is overloaded or failing');
  }
  if (/connection|network|timeout|timed_out/.test(kind))
    return fail('agent_network', 'Claude Code cannot reach its model');
  if (result.terminal_reason?.startsWith('aborted') === true) {
    return fail('agent_killed', 'Claude Code was interrupted from outside');
  }
  return fail('agent_crashed', 'Claude Code ended with an error');
}

function isErrorStatus(status: number | null | undefined): boolean {
  return typeof status === 'number' && status >= 400;
}

/** Input counts every token that the model read, out of its cache or not. */
export function usageOf(result: ClaudeResultLine): Usage | null {
  const { usage } = result;
  if (!usage && typeof result.total_cost_usd !== 'number') return null;
  const read = [usage?.input_tokens, usage?.cache_creation_input_tokens, usage?.cache_read_input_tokens];
  const known = read.filter((tokens) => typeof tokens === 'number');
  return {
    input_tokens: known.length > 0 ? known.reduce((sum, tokens) => sum + tokens, 0) : null,
    output_tokens: usage?.output_tokens ?? null,
    cost_usd: result.total_cost_usd ?? null,
  };
}
