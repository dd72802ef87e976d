import type { Failure } from '../end.ts';
import { oneLine } from '../text.ts';
import type { ClaudeResultLine } from './schema.ts';

const MAX_MESSAGE_CHARACTERS = 300;

/** Tools whose denial means that the work was not done; a denied look at a secret file is as it should be. */
const WORKING_TOOLS = new Set(['Edit', 'MultiEdit', 'NotebookEdit', 'Write', 'Bash']);

/** What the stream said beside its result. */
export interface Seen {
  /** The error of a message that the program wrote itself because the model call failed. */
  readonly saidError: string | null;
  readonly refused: boolean;
  /** Whether there was a word or a tool call. */
  readonly didAnything: boolean;
  /** Calls that were denied by our own rule. */
  readonly deniedByRule: ReadonlySet<string>;
}

type Fail = (errorCode: Failure['errorCode'], sentence: string) => Failure;

/**
 * Why a result is not a success, or null. The word `success` in it proves nothing: an API error, a refusal and denied
 * edits all end with it, and with exit code 0.
 */
export function failureOfResult(result: ClaudeResultLine, seen: Seen): Failure | null {
  const said = oneLine(result.result ?? result.errors?.join('; ') ?? '', MAX_MESSAGE_CHARACTERS);
  const fail: Fail = (errorCode, sentence) => ({
    errorCode,
    errorMessage: said === '' ? `${sentence}.` : `${sentence}: ${said}`,
  });

  if (result.subtype === 'error_max_turns' || result.terminal_reason === 'max_turns') {
    return fail('agent_turn_limit', 'Claude Code reached its limit of turns');
  }
  if (result.subtype === 'error_max_budget_usd' || result.terminal_reason === 'budget_exhausted') {
    return fail('agent_budget_limit', 'Claude Code reached its budget');
  }
  if (result.subtype === 'error_max_structured_output_retries') {
    return fail('agent_output_invalid', 'Claude Code did not answer in the form that was wanted');
  }
  // A refusal has the marks of an API error too, so it is looked for first.
  if (result.stop_reason === 'refusal' || seen.refused) return fail('agent_refused', 'The model refused the request');
  if (result.is_error === true || result.terminal_reason === 'api_error' || isErrorStatus(result.api_error_status)) {
    return failureOfError(result, { said, saidError: seen.saidError, fail });
  }
  return failureOfSuccess(result, { seen, fail });
}

function failureOfError(
  result: ClaudeResultLine,
  { said, saidError, fail }: { readonly said: string; readonly saidError: string | null; readonly fail: Fail },
): Failure {
  const status = result.api_error_status ?? null;
  const kind = `${result.api_error_type ?? ''} ${result.api_error ?? ''} ${saidError ?? ''}`;

  if (result.terminal_reason === 'prompt_too_long' || /^prompt is too long/i.test(said)) {
    return fail('agent_context_full', 'The request is too long for the model');
  }
  if (status === 401 || status === 403) return fail('agent_login_refused', 'The key or login was refused');
  if (/authentication|permission_error|oauth/.test(kind) || /\/login\b/.test(said)) {
    return fail('agent_not_logged_in', 'Claude Code is not logged in');
  }
  if (status === 402 || /billing/.test(kind)) return fail('agent_budget_limit', 'The account has no credit left');
  if (status === 404 || /not_found/.test(kind)) return fail('agent_model_unavailable', 'The model is not available');
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

function failureOfSuccess(
  result: ClaudeResultLine,
  { seen, fail }: { readonly seen: Seen; readonly fail: Fail },
): Failure | null {
  const denied = (result.permission_denials ?? [])
    .filter(({ tool_use_id: id }) => id === null || id === undefined || !seen.deniedByRule.has(id))
    .map((denial) => denial.tool_name);
  if (denied.some((tool) => WORKING_TOOLS.has(tool))) {
    const tools = [...new Set(denied)].join(', ');
    return { errorCode: 'agent_permission_denied', errorMessage: `Claude Code was denied the use of ${tools}.` };
  }
  if (result.subtype !== null && result.subtype !== undefined && result.subtype !== 'success') {
    return fail('agent_crashed', `Claude Code ended with ${result.subtype}`);
  }
  if (!seen.didAnything && (result.result ?? '').trim() === '' && !hasAnswer(result)) {
    const errorMessage = 'Claude Code ended its turn without a word and without using a tool.';
    return { errorCode: 'agent_said_nothing', errorMessage };
  }
  return null;
}

/** The session to go on with is not there. It is told before any model call. */
export function isLostSession(result: ClaudeResultLine): boolean {
  return result.errors?.some((error) => error.startsWith('No conversation found')) === true;
}

export function hasAnswer({ structured_output: answer }: ClaudeResultLine): boolean {
  return answer !== null && answer !== undefined;
}

function isErrorStatus(status: number | null | undefined): boolean {
  return typeof status === 'number' && status >= 400;
}
