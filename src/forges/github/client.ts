import type { Octokit } from '@octokit/core';
import type { z } from 'zod';
import { WorkOrderError } from '../../domain/errors.ts';
import type { Credentials } from '../../ports/credentials.ts';
import type { KnownHosts } from '../known-hosts.ts';
import { pauseFor, writeOnce } from '../write-once.ts';
import { githubFailure, isRefusal } from './failure.ts';
import { isInstallationToken } from './installation.ts';
import { makeOctokit } from './octokit.ts';
import type { RepositoryName } from './repository-name.ts';
import { repositoryNameOf } from './repository-name.ts';

export interface GithubSettings {
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
  /** A route of GitHub's API, such as `GET /repos/{owner}/{repo}`. */
  readonly route: string;
  readonly parameters?: Readonly<Record<string, string | number | boolean>>;
  readonly schema: Schema;
}

/** GitHub's API, one repository at a time. */
export interface GithubClient {
  nameOf(repositoryUrl: string): RepositoryName;
  /**
   * Asks. Reads are tried again when the server is away; writes are not, because one whose answer was lost may have been
   * carried out (`writeOnce`). Rejects with `forge_*`, `repository_unreachable` or `cancelled`.
   */
  call<Schema extends z.ZodType>(asked: Asked, call: Call<Schema>): Promise<z.infer<Schema>>;
  /** Writes, and looks whether it was carried out before it tries again. */
  writeOnce<Result>(
    asked: Asked,
    what: { readonly write: () => Promise<Result>; readonly look: () => Promise<Result | null> },
  ): Promise<Result>;
  pause(asked: Asked): Promise<void>;
}

export function createGithubClient(settings: GithubSettings): GithubClient {
  const { hosts, credentials, timeoutMs = 30_000, pauseMs = 1_000 } = settings;
  const octokits = new Map<string, Octokit>();

  function octokitOf(apiUrl: string): Octokit {
    const known = octokits.get(apiUrl);
    if (known) return known;
    const made = makeOctokit(apiUrl, { timeoutMs, pauseMs });
    octokits.set(apiUrl, made);
    return made;
  }

  const client: GithubClient = {
    nameOf(repositoryUrl) {
      const name = repositoryNameOf(repositoryUrl);
      if (!name) throw new WorkOrderError('repository_unreachable', `${repositoryUrl} names no owner and repository.`);
      return name;
    },

    async call({ repositoryUrl, signal }, { what, route, parameters, schema }) {
      const name = client.nameOf(repositoryUrl);
      const host = hosts.find({ repositoryUrl });
      if (!host?.apiUrl) throw new WorkOrderError('internal_error', `There is no API for ${repositoryUrl}.`);
      const token = await credentials.tokenFor({ repositoryUrl });
      const octokit = octokitOf(host.apiUrl);
      const ask = () =>
        octokit.request(route, {
          ...(route.includes('{repo}') ? name : {}),
          ...parameters,
          headers: token === null ? {} : { authorization: `Bearer ${token}` },
          request: { signal, ...(route.startsWith('GET ') ? {} : { retries: 0 }) },
        });
      const answer = await until(signal, ask).catch((error: unknown) => {
        if (token !== null && isRefusal(error)) credentials.refused({ repositoryUrl, token });
        throw githubFailure(error, {
          what,
          repository: `${name.owner}/${name.repo} on ${host.host}`,
          host: host.host,
          hasToken: token !== null,
          isApp: isInstallationToken(token),
          howToSet: credentials.howToSet({ repositoryUrl }),
          signal,
        });
      });
      if (answer.status > 299) {
        const reason = `${name.owner}/${name.repo} has moved; use its new URL.`;
        throw new WorkOrderError('repository_unreachable', `Could not ${what}: ${reason}`);
      }
      const parsed = schema.safeParse(answer.data);
      if (parsed.success) return parsed.data;
      const reason = `${host.host} answers in a form that is not GitHub's; is apiUrl (${host.apiUrl}) right?`;
      throw new WorkOrderError('forge_refused', `Could not ${what}: ${reason}`, { cause: parsed.error });
    },

    writeOnce: (asked, what) => writeOnce({ ...what, pause: () => client.pause(asked) }),
    pause: ({ signal }) => pauseFor(pauseMs, signal),
  };
  return client;
}

/** Waiting for a turn does not see the signal by itself. */
async function until<Value>(signal: AbortSignal, ask: () => Promise<Value>): Promise<Value> {
  signal.throwIfAborted();
  const ended = Promise.withResolvers<never>();
  const onAbort = () => ended.reject(signal.reason);
  signal.addEventListener('abort', onAbort);
  try {
    return await Promise.race([ask(), ended.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
