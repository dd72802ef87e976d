import { readFile } from 'node:fs/promises';
import type { Secret } from '../domain/secrets.ts';
import { WorkOrderError } from '../domain/errors.ts';
import type { Credentials } from '../ports/credentials.ts';
import { protocolOf } from '../process/git-environment.ts';
import { createAppTokens } from './github/app-tokens.ts';
import { repositoryNameOf } from './github/repository-name.ts';
import type { GithubApp, KnownHost, KnownHosts } from './known-hosts.ts';

/**
 * The tokens of the known hosts: of an app, from files, and from the service's environment. A token is for its own host
 * only.
 */
export function createCredentials({
  hosts,
  environment,
  onToken = () => undefined,
  onExpired = () => undefined,
  now = () => Date.now(),
}: {
  readonly hosts: KnownHosts;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Told each token before it is given out, so that it can be kept out of whatever is shown. */
  readonly onToken?: (secret: Secret) => void;
  /** Told a token of an app when it has come to its end. */
  readonly onExpired?: (secret: Secret) => void;
  readonly now?: () => number;
}): Credentials {
  const appTokens = createAppTokens({ now, onToken, onExpired });
  const known = (value: string, name: string): string => {
    const token = checked(value, name);
    onToken({ name, value: token });
    return token;
  };
  const appFor = (host: KnownHost, repositoryUrl: string) => {
    const app = host.app ?? (host.appFromEnvironment ? appIn(environment) : null);
    const repository = repositoryNameOf(repositoryUrl);
    return app && repository && host.apiUrl ? { app, repository, host: host.host, apiUrl: host.apiUrl } : null;
  };

  return {
    async tokenFor({ repositoryUrl }) {
      const host = hosts.find({ repositoryUrl });
      // A form that git itself would refuse, plain http to another machine among them, gets nothing.
      if (!host || protocolOf(repositoryUrl) === 'none') return null;
      const app = appFor(host, repositoryUrl);
      if (app) return appTokens.tokenFor(app);
      if (host.tokenFile !== null) return known(await contentOf(host.tokenFile), host.tokenFile);
      const name = host.tokenEnvironment.find((candidate) => environment[candidate]?.trim());
      return name === undefined ? null : known(environment[name] ?? '', name);
    },
    refused({ repositoryUrl, token }) {
      const host = hosts.find({ repositoryUrl });
      const app = host && appFor(host, repositoryUrl);
      if (app) appTokens.refused({ ...app, token });
    },
    howToSet({ repositoryUrl }) {
      const host = hosts.find({ repositoryUrl });
      const named = host ? sourcesOf(host) : '';
      return named === '' ? 'name its host and the variable of its token in the setting "forges"' : `set ${named}`;
    },
  };
}

function sourcesOf({ tokenFile, tokenEnvironment }: KnownHost): string {
  return tokenFile === null ? tokenEnvironment.join(' or ') : `the token in ${tokenFile}`;
}

/** The app that the environment names. Throws `configuration_invalid` for half of one. */
function appIn(environment: Readonly<Record<string, string | undefined>>): GithubApp | null {
  const id = environment['GITHUB_APP_ID']?.trim() ?? '';
  const privateKeyFile = environment['GITHUB_APP_PRIVATE_KEY_FILE']?.trim() ?? '';
  if (id === '' && privateKeyFile === '') return null;
  if (/^[A-Za-z0-9.]+$/.test(id) && privateKeyFile.startsWith('/')) return { id, privateKeyFile, installationId: null };
  throw new WorkOrderError(
    'configuration_invalid',
    'A GitHub App needs both GITHUB_APP_ID (its number or client id) and GITHUB_APP_PRIVATE_KEY_FILE (an absolute path).',
  );
}

async function contentOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new WorkOrderError('configuration_invalid', `The token file cannot be read: ${reason}`, { cause: error });
  }
}

/** A value that cannot be a token is told by the name of its source, never by itself. */
function checked(value: string, source: string): string {
  const token = value.trim();
  if (/^[\u0021-\u007e]+$/.test(token)) return token;
  throw new WorkOrderError(
    'configuration_invalid',
    `${source} holds no token: it is empty, or has a space, a line end or a sign beyond ASCII in it.`,
  );
}
