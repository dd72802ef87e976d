import type { ErrorCode } from '../../domain/error-catalogue.ts';
import type { Failure } from '../end.ts';
import { oneLine } from '../text.ts';

const MAX_MESSAGE_CHARACTERS = 300;
const AUTH_REQUIRED = -32_000;

interface Rule {
  readonly errorCode: ErrorCode;
  readonly sentence: string;
  readonly statuses: readonly number[];
  readonly words: RegExp;
}

/**
 * The protocol has one code of its own for failures (authentication is required); all others hide in words, in `data` or
 * in an HTTP status. In this order: the words of a full context come with the status of a bad request, a connection that
 * broke with that of a broken server.
 */
const RULES: readonly Rule[] = [
  {
    errorCode: 'agent_login_refused',
    sentence: 'The model did not accept the login',
    statuses: [401, 403],
    words:
      /api[ _-]?key (?:not valid|provided)|API_KEY_INVALID|invalid (?:x-)?api[ _-]?key|invalid_api_key|authentication_(?:error|failed)|unauthenticated|unauthorized|permission_denied|token (?:has )?expired|invalid_grant/i,
  },
  {
    errorCode: 'agent_context_full',
    sentence: 'The context of the model is full',
    statuses: [],
    words:
      /context[ _](?:length|window|exceeds)|ContextOverflow|prompt is too long|input token count|maximum (?:context|number of tokens)|too large to compact/i,
  },
  {
    errorCode: 'agent_model_unavailable',
    sentence: 'The model is not available',
    statuses: [404],
    words:
      /model_not_found|not_found_error|ModelNotFound|\bmodels?\b.{0,120}\b(?:is not found|not found|does not exist|not supported|may not exist)|issue with the selected model/i,
  },
  {
    errorCode: 'agent_budget_limit',
    sentence: 'The account has no credit left',
    statuses: [402],
    words: /insufficient_quota|billing|credit balance|payment required|out of credits/i,
  },
  {
    errorCode: 'agent_rate_limited',
    sentence: 'The model is rate limited',
    statuses: [429],
    words: /rate[ _-]?limit|\bquota\b|RESOURCE_EXHAUSTED|resource has been exhausted|too many requests|usage[ _]limit/i,
  },
  {
    errorCode: 'agent_network',
    sentence: 'The model cannot be reached',
    statuses: [],
    words:
      /fetch failed|\bE(?:CONN\w+|TIMEDOUT|PIPE|HOSTUNREACH|NETUNREACH|AI_AGAIN|NOTFOUND)\b|getaddrinfo|socket hang up|^(?:\w+: )*terminated$|unable to connect|connection (?:error|reset|refused|closed|was closed)|stream (?:disconnected|closed)|premature close|network|timed? ?out/i,
  },
  {
    errorCode: 'agent_overloaded',
    sentence: 'The model is overloaded or failing',
    statuses: [500, 502, 503, 504, 529],
    words: /overloaded|unavailable|high demand|server_error|bad gateway/i,
  },
  {
    errorCode: 'agent_refused',
    sentence: 'The model refused the request',
    statuses: [],
    words: /safety|content[ _]polic|usage polic|prohibited[ _]content|refusal/i,
  },
];

/** What an answer that is an error comes to. */
export function failureOfError(
  { code, message, data }: { readonly code: number | null; readonly message: string; readonly data: unknown },
  { program }: { readonly program: string },
): Failure {
  const said = `${message} ${wordsOf(data)}`.trim();
  const rule = ruleFor(said, statusIn(code, said));
  if (rule !== null) return failure(rule, message || said);
  if (code === AUTH_REQUIRED) {
    return { errorCode: 'agent_not_logged_in', errorMessage: withWords(`${program} is not logged in`, message) };
  }
  return { errorCode: 'agent_crashed', errorMessage: withWords(`${program} ended with an error`, said) };
}

/** What a text comes to with which a program tells a failure of its model as if the model had said it; null for none. */
export function failureOfText(text: string): Failure | null {
  const rule = ruleFor(text, statusIn(null, text));
  return rule === null ? null : failure(rule, text);
}

function ruleFor(said: string, status: number | null): Rule | null {
  const byWords = RULES.find(({ words }) => words.test(said)) ?? null;
  const byStatus = status === null ? null : (RULES.find(({ statuses }) => statuses.includes(status)) ?? null);
  // A status of the service is surer than a word, but for a server error, which programs give to everything.
  return byStatus !== null && byStatus.errorCode !== 'agent_overloaded' ? byStatus : (byWords ?? byStatus);
}

function failure({ errorCode, sentence }: Rule, said: string): Failure {
  return { errorCode, errorMessage: withWords(sentence, said) };
}

function withWords(sentence: string, said: string): string {
  const words = oneLine(readable(said), MAX_MESSAGE_CHARACTERS);
  return words === '' ? `${sentence}.` : `${sentence}: ${words}`;
}

/** Gemini puts the whole answer of the service, which is JSON, into its message. */
function readable(said: string): string {
  return /"message":\s*"((?:[^"\\]|\\.)+)"/.exec(said)?.[1] ?? said;
}

/** An HTTP status: as the code of the error, or in its words. */
function statusIn(code: number | null, said: string): number | null {
  if (code !== null && code >= 400 && code < 600) return code;
  const named = /(?:status(?:[ _]?code)?|error|rejected|HTTP)["':= (]*([45]\d\d)\b|\b([45]\d\d) [A-Z][a-z]+/i.exec(
    said,
  );
  const digits = named?.[1] ?? named?.[2];
  return digits === undefined ? null : Number(digits);
}

function wordsOf(data: unknown): string {
  if (data === undefined || data === null) return '';
  return typeof data === 'string' ? data : JSON.stringify(data);
}
