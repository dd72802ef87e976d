import type { Secret } from '../../domain/secrets.ts';
import type { GithubApp } from '../known-hosts.ts';
import { appWebToken, readAppKey } from './app-key.ts';
import { askForToken } from './installation.ts';
import { makeOctokit } from './octokit.ts';
import type { RepositoryName } from './repository-name.ts';

/** The repository that an app is to open, with the app. */
interface AppAsked {
  readonly app: GithubApp;
  readonly host: string;
  readonly apiUrl: string;
  readonly repository: RepositoryName;
}

/** Tokens of GitHub Apps: each for one repository, kept until shortly before it ends. */
export interface AppTokens {
  /** One question at a time a repository, however many ask. Rejects as `askForToken` and `readAppKey` do. */
  tokenFor(asked: AppAsked): Promise<string>;
  /** Gives this token out no more. */
  refused(asked: AppAsked & { readonly token: string }): void;
}

interface Kept {
  readonly token: Promise<string>;
  /** Null while it is asked for. */
  value: { readonly token: string; readonly expiresAtMs: number } | null;
}

/** So long a token has to last when it is given out: a clone or a push may take some time to begin. */
const MARGIN_MS = 5 * 60 * 1000;

export function createAppTokens({
  now,
  onToken,
  onExpired,
  timeoutMs = 30_000,
  pauseMs = 1_000,
}: {
  readonly now: () => number;
  /** Told each token before it is given out. */
  readonly onToken: (secret: Secret) => void;
  /** Told each of these again when it opens nothing any more. */
  readonly onExpired: (secret: Secret) => void;
  /** How long one answer may take. */
  readonly timeoutMs?: number;
  /** Between two tries, growing. */
  readonly pauseMs?: number;
}): AppTokens {
  const kept = new Map<string, Kept>();
  /** Every token that was given out, with its end. */
  const alive = new Map<string, number>();
  const isUsable = ({ value }: Kept) => value === null || value.expiresAtMs - MARGIN_MS > now();

  async function ask({ app, host, apiUrl, repository }: AppAsked) {
    const key = await readAppKey(app.privateKeyFile);
    const nowMs = now();
    const webToken = appWebToken({ id: app.id, key, nowMs });
    const octokit = makeOctokit(apiUrl, { timeoutMs, pauseMs });
    const answer = await askForToken({ octokit, webToken, app, host, repository, nowMs });
    onToken(secretOf(answer.token));
    alive.set(answer.token, answer.expiresAtMs);
    for (const [token, expiresAtMs] of alive) {
      if (expiresAtMs <= now() && alive.delete(token)) onExpired(secretOf(token));
    }
    return answer;
  }

  return {
    tokenFor(asked) {
      const name = nameOf(asked);
      const known = kept.get(name);
      if (known && isUsable(known)) return known.token;
      for (const [old, each] of kept) if (!isUsable(each)) kept.delete(old);
      const answer = ask(asked);
      const fresh: Kept = { token: answer.then(({ token }) => token), value: null };
      kept.set(name, fresh);
      answer.then(
        (value) => (fresh.value = value),
        () => kept.get(name) === fresh && kept.delete(name),
      );
      return fresh.token;
    },
    refused(asked) {
      const name = nameOf(asked);
      if (kept.get(name)?.value?.token === asked.token) kept.delete(name);
    },
  };
}

function secretOf(token: string): Secret {
  return { name: 'GitHub App token', value: token };
}

/** Two hosts may have an app of the same number: a token is for its own host only. */
function nameOf({ host, app, repository: { owner, repo } }: AppAsked): string {
  return JSON.stringify([host, app, owner.toLowerCase(), repo.toLowerCase()]);
}
