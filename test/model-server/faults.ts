import type { FormatName } from './conversation.ts';

/** Faults that are an answer of their own, in the vendor's form. */
export type RefusedRequest =
  | 'bad-key'
  | 'rate-limited'
  | 'rate-limited-reset'
  | 'overloaded'
  | 'context-full'
  | 'unknown-model';

/** `refusal` is the model's own; `cut` drops the connection in the middle, `stall` sends headers and then nothing. */
export type Fault = RefusedRequest | 'refusal' | 'cut' | 'stall';

/** After how many seconds the limit of `rate-limited-reset` is over. */
export const RESET_AFTER_SECONDS = 3600;

export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

interface Request {
  readonly fault: RefusedRequest;
  readonly model: string;
  readonly now: Date;
}

export function refuseRequest({ format, ...request }: Request & { readonly format: FormatName }): Refusal {
  if (format === 'anthropic') return anthropic(request);
  return format === 'gemini' ? gemini(request) : openai(request);
}

const resetTime = (now: Date): Date => new Date(now.getTime() + RESET_AFTER_SECONDS * 1000);
const unixSeconds = (time: Date): number => Math.floor(time.getTime() / 1000);

function anthropic({ fault, model, now }: Request): Refusal {
  const [status, type, message] = {
    'bad-key': [401, 'authentication_error', 'invalid x-api-key'] as const,
    'rate-limited': [
      429,
      'rate_limit_error',
      'This request would exceed the rate limit of your organization.',
    ] as const,
    'rate-limited-reset': [429, 'rate_limit_error', 'This request would exceed your account’s rate limit.'] as const,
    overloaded: [529, 'overloaded_error', 'Overloaded'] as const,
    'context-full': [400, 'invalid_request_error', 'prompt is too long: 214312 tokens > 200000 maximum'] as const,
    'unknown-model': [404, 'not_found_error', `model: ${model}`] as const,
  }[fault];
  const reset = resetTime(now);
  const limit = {
    'retry-after': String(RESET_AFTER_SECONDS),
    'anthropic-ratelimit-requests-limit': '50',
    'anthropic-ratelimit-requests-remaining': '0',
    'anthropic-ratelimit-requests-reset': reset.toISOString(),
    // What a subscription's limit looks like; the program tells the user the time in it.
    'anthropic-ratelimit-unified-status': 'rejected',
    'anthropic-ratelimit-unified-representative-claim': 'five_hour',
    'anthropic-ratelimit-unified-reset': String(unixSeconds(reset)),
  };
  return {
    status,
    headers: fault === 'rate-limited-reset' ? limit : {},
    body: { type: 'error', error: { type, message }, request_id: 'req_scripted' },
  };
}

function openai({ fault, model, now }: Request): Refusal {
  const [status, type, code, message] = {
    'bad-key': [401, 'invalid_request_error', 'invalid_api_key', 'Incorrect API key provided: scripted.'] as const,
    'rate-limited': [429, 'requests', 'rate_limit_exceeded', 'Rate limit reached for requests.'] as const,
    'rate-limited-reset': [
      429,
      'usage_limit_reached',
      'rate_limit_exceeded',
      'The usage limit has been reached',
    ] as const,
    overloaded: [503, 'server_error', 'server_is_overloaded', 'Our servers are currently overloaded.'] as const,
    'context-full': [
      400,
      'invalid_request_error',
      'context_length_exceeded',
      'Your input exceeds the context window of this model. Please adjust your input and try again.',
    ] as const,
    'unknown-model': [
      404,
      'invalid_request_error',
      'model_not_found',
      `The model \`${model}\` does not exist or you do not have access to it.`,
    ] as const,
  }[fault];
  if (fault !== 'rate-limited-reset')
    return { status, headers: {}, body: { error: { message, type, param: null, code } } };
  const resets = { resets_at: unixSeconds(resetTime(now)), resets_in_seconds: RESET_AFTER_SECONDS };
  return {
    status,
    headers: {
      'retry-after': String(RESET_AFTER_SECONDS),
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': `${RESET_AFTER_SECONDS}s`,
    },
    body: { error: { message, type, param: null, code, plan_type: 'plus', ...resets } },
  };
}

function gemini({ fault, model, now }: Request): Refusal {
  const [code, status, message] = {
    // The vendor's word for a key that is not valid; 401 is only for a missing one.
    'bad-key': [400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.'] as const,
    'rate-limited': [429, 'RESOURCE_EXHAUSTED', 'Resource has been exhausted (e.g. check quota).'] as const,
    'rate-limited-reset': [
      429,
      'RESOURCE_EXHAUSTED',
      `You exceeded your current quota. Please retry in ${RESET_AFTER_SECONDS}s.`,
    ] as const,
    overloaded: [503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.'] as const,
    'context-full': [
      400,
      'INVALID_ARGUMENT',
      'The input token count (1200312) exceeds the maximum number of tokens allowed (1048576).',
    ] as const,
    'unknown-model': [
      404,
      'NOT_FOUND',
      `models/${model} is not found for API version v1beta, or is not supported for generateContent.`,
    ] as const,
  }[fault];
  const rpc = 'type.googleapis.com/google.rpc';
  const badKey = { '@type': `${rpc}.ErrorInfo`, reason: 'API_KEY_INVALID', domain: 'googleapis.com' };
  const quota = {
    '@type': `${rpc}.QuotaFailure`,
    violations: [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier', quotaValue: '250' }],
  };
  const retry = { '@type': `${rpc}.RetryInfo`, retryDelay: `${RESET_AFTER_SECONDS}s` };
  const details = { 'bad-key': [badKey], 'rate-limited-reset': [quota, retry] };
  return {
    status: code,
    headers: { date: now.toUTCString() },
    body: { error: { code, message, status, details: fault in details ? details[fault as keyof typeof details] : [] } },
  };
}
