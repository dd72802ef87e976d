import type { ErrorCode } from '../../domain/error-catalogue.ts';
import type { Failure } from '../end.ts';
import { oneLine } from '../text.ts';

const MAX_MESSAGE_CHARACTERS = 300;

interface Kind {
  readonly code: ErrorCode;
  readonly sentence: string;
  readonly statuses: readonly number[];
  readonly words: RegExp;
}

/**
 * The words of Codex for what went wrong: its stream has no codes, and its exit code is always 1. The first that fits
 * counts: words of a limit may stand in a message about a model, not the other way round.
 */
const KINDS: readonly Kind[] = [
  {
    code: 'agent_budget_limit',
    sentence: 'The account has no credit left',
    statuses: [402],
    words: /quota exceeded|insufficient_quota|billing details|credits? (?:balance|exhausted)/i,
  },
  {
    code: 'agent_rate_limited',
    sentence: 'The model is rate limited',
    statuses: [429],
    words: /usage limit|rate limit|too many requests/i,
  },
  {
    code: 'agent_context_full',
    sentence: "The work does not fit into the model's context",
    statuses: [413],
    words: /context window|context_length|maximum context/i,
  },
  {
    code: 'agent_model_unavailable',
    sentence: 'The model cannot be used',
    statuses: [404],
    words: /\bmodel\b.*(?:does not exist|not found|not supported|requires a newer version)|model_not_found/i,
  },
  {
    code: 'agent_overloaded',
    sentence: 'The model is overloaded or failing',
    statuses: [500, 502, 503, 504, 529],
    words: /at capacity|overloaded|high demand|internal server error/i,
  },
  {
    code: 'agent_refused',
    sentence: 'The model refused the request',
    statuses: [],
    words: /flagged|content_filter|usage polic/i,
  },
  {
    code: 'agent_network',
    sentence: 'Codex cannot reach its model',
    statuses: [408],
    words:
      /stream disconnected|error sending request|connection (?:failed|refused|reset)|network|timed? ?out|lookup address|discovery failed/i,
  },
];

const LOGIN_WORDS =
  /incorrect api key|invalid_api_key|token (?:has )?expired|refresh token|access token|sign in again|log out and|unauthorized/i;
const NO_LOGIN_WORDS = /not logged in|please (?:log|sign) in|missing environment variable|run `?codex login/i;

/** What a message of Codex's comes to; null where its words say nothing that is known. */
export function failureOfWords(words: string, { hasLogin }: { readonly hasLogin: boolean }): Failure | null {
  // The address of the model stands in some messages and may hold any word.
  const message = words.replace(/,? ?url: \S+/gi, '');
  const said = oneLine(message, MAX_MESSAGE_CHARACTERS);
  const status = Number(/\bstatus:? (\d{3})\b/.exec(message)?.[1] ?? Number.NaN);
  if (NO_LOGIN_WORDS.test(message)) return notLoggedIn(said);
  if (status === 401 || status === 403 || LOGIN_WORDS.test(message)) {
    if (!hasLogin) return notLoggedIn(said);
    return { errorCode: 'agent_login_refused', errorMessage: `The login of Codex was refused: ${said}` };
  }
  const kind =
    KINDS.find(({ statuses }) => statuses.includes(status)) ?? KINDS.find((candidate) => candidate.words.test(message));
  return kind === undefined ? null : { errorCode: kind.code, errorMessage: `${kind.sentence}: ${said}` };
}

function notLoggedIn(said: string): Failure {
  return { errorCode: 'agent_not_logged_in', errorMessage: `Codex is not logged in: ${said}` };
}

/** What failed a turn: always a failure, `agent_crashed` where the words are not known. */
export function failureOfTurn(words: string, login: { readonly hasLogin: boolean }): Failure {
  const known = failureOfWords(words, login);
  if (known !== null) return known;
  const said = oneLine(words, MAX_MESSAGE_CHARACTERS);
  return {
    errorCode: 'agent_crashed',
    errorMessage: said === '' ? 'Codex failed and gave no reason.' : `Codex failed: ${said}`,
  };
}
