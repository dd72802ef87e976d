import { problemOf, unreachable } from './problem.ts';
import { session } from './session.ts';

interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** Asks the service and gives the response, whatever its success. Rejects with `ProblemError`. */
export async function send(path: string, { method, body, headers, signal }: RequestOptions = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, {
      method: method ?? 'GET',
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: signal ?? null,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw unreachable();
  }
  if (response.ok || response.status === 304) return response;
  const problem = await problemOf(response);
  if (problem.code === 'unauthorized') session.lock();
  throw problem;
}

/** Asks for JSON. The shape is the contract's; the service and this page are built from the same sources. */
export async function request<Answer>(path: string, options: RequestOptions = {}): Promise<Answer> {
  const response = await send(path, options);
  return response.json();
}
