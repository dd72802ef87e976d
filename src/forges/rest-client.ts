import type { z } from 'zod';
import { WorkOrderError } from '../domain/errors.ts';
import type { Credentials } from '../ports/credentials.ts';
import type { KnownHosts } from './known-hosts.ts';
import type { Dialect } from './rest-dialect.ts';
import type { Refusal } from './rest-failure.ts';
import { limitEnd, restFailure } from './rest-failure.ts';
import { pauseFor } from './write-once.ts';

export interface RestSettings {
  readonly hosts: KnownHosts;
  readonly credentials: Credentials;
  /** How long one answer may take; default 30 s. */
  readonly timeoutMs?: number;
  /** Between two tries or two looks, growing between tries; default 1 s. */
  readonly pauseMs?: number;
}

export interface Asked {
  readonly repositoryUrl: string;
  readonly signal: AbortSignal;
}

interface Call<Schema extends z.ZodType> {
  /** As the rest of "could not …". */
  readonly what: string;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** Behind the address of the API; its parts are escaped already. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly schema: Schema;
}

/** The API of a forge by HTTP and JSON, one repository at a time. */
export interface RestClient {
  /**
   * Asks. A read is tried again when the server is away; a write is not, because one whose answer was lost may have been
   * carried out (`writeOnce`). A limit that is lifted within a minute is waited for. Redirects are not followed. Rejects
   * with `forge_*`, `repository_unreachable` or `cancelled`.
   */
  call<Schema extends z.ZodType>(asked: Asked, call: Call<Schema>): Promise<z.infer<Schema>>;
  pause(asked: Asked): Promise<void>;
}

const MAX_READS = 4;
/** A limit that ends sooner is waited for; later ones are told. */
const MAX_LIMIT_WAIT_MS = 60_000;
const MAX_LIMIT_WAITS = 2;

export function createRestClient(settings: RestSettings, dialect: Dialect): RestClient {
  const { hosts, credentials, timeoutMs = 30_000, pauseMs = 1_000 } = settings;

  /** Status 0 stands for a server that did not answer. */
  async function ask({ signal }: Asked, call: Call<z.ZodType>, apiUrl: string, token: string | null): Promise<Refusal> {
    const url = new URL(`${apiUrl}${call.path}`);
    for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, String(value));
    const headers = {
      accept: 'application/json',
      'user-agent': 'agent-work-orders',
      ...(call.body ? { 'content-type': 'application/json' } : {}),
      ...(token === null ? {} : { authorization: dialect.authorization(token) }),
    };
    try {
      const response = await fetch(url, {
        method: call.method ?? 'GET',
        headers,
        // A redirect would take the token along to whatever it names.
        redirect: 'manual',
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
        ...(call.body ? { body: JSON.stringify(call.body) } : {}),
      });
      return { status: response.status, headers: response.headers, body: asJson(await response.text()) };
    } catch (error) {
      return { status: 0, headers: new Headers(), body: null, cause: error };
    }
  }

  const client: RestClient = {
    async call(asked, call) {
      const { repositoryUrl, signal } = asked;
      const host = hosts.find({ repositoryUrl });
      if (!host?.apiUrl) throw new WorkOrderError('internal_error', `There is no API for ${repositoryUrl}.`);
      const token = await credentials.tokenFor({ repositoryUrl });
      const reads = (call.method ?? 'GET') === 'GET';
      for (let tries = 1, waits = 0; ;) {
        const answer = await ask(asked, call, host.apiUrl, token);
        if (signal.aborted) throw new WorkOrderError('cancelled', `To ${call.what} was cancelled.`);
        if (answer.status >= 200 && answer.status < 300) {
          const parsed = call.schema.safeParse(answer.body);
          if (parsed.success) return parsed.data;
          const reason = `${host.host} answers in a form that is not ${dialect.forge}'s; is apiUrl (${host.apiUrl}) right?`;
          throw new WorkOrderError('forge_refused', `Could not ${call.what}: ${reason}`, { cause: parsed.error });
        }
        const limitMs = answer.status === 429 ? (limitEnd(answer) ?? Number.POSITIVE_INFINITY) - Date.now() : null;
        if (limitMs !== null && limitMs <= MAX_LIMIT_WAIT_MS && waits < MAX_LIMIT_WAITS) {
          // What is turned away by a limit was not carried out: a write may be sent again as well.
          waits += 1;
          await pauseFor(Math.max(limitMs, 0), signal);
        } else if (reads && (answer.status === 0 || answer.status >= 500) && tries < MAX_READS) {
          await pauseFor(pauseMs * tries ** 2, signal);
          tries += 1;
        } else {
          const howToSet = credentials.howToSet({ repositoryUrl });
          throw restFailure(answer, dialect, { ...host, what: call.what, hasToken: token !== null, howToSet });
        }
      }
    },

    pause: ({ signal }) => pauseFor(pauseMs, signal),
  };
  return client;
}

/** The value of a JSON text, or the text itself: a proxy answers in whatever form it likes. */
function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
