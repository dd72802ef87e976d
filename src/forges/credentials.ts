import { readFile } from 'node:fs/promises';
import type { Secret } from '../domain/secrets.ts';
import { WorkOrderError } from '../domain/errors.ts';
import type { Credentials } from '../ports/credentials.ts';
import { protocolOf } from '../process/git-environment.ts';
import type { KnownHost, KnownHosts } from './known-hosts.ts';

/** The tokens of the known hosts, from the service's environment and from files. A token is for its own host only. */
export function createCredentials({
  hosts,
  environment,
  onToken,
}: {
  readonly hosts: KnownHosts;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Told each token before it is given out, so that it can be kept out of whatever is shown. */
  readonly onToken?: (secret: Secret) => void;
}): Credentials {
  const known = (value: string, name: string): string => {
    const token = checked(value, name);
    onToken?.({ name, value: token });
    return token;
  };

  return {
    async tokenFor({ repositoryUrl }) {
      const host = hosts.find({ repositoryUrl });
      // A form that git itself would refuse, plain http to another machine among them, gets nothing.
      if (!host || protocolOf(repositoryUrl) === 'none') return null;
      if (host.tokenFile !== null) return known(await contentOf(host.tokenFile), host.tokenFile);
      const name = host.tokenEnvironment.find((candidate) => environment[candidate]?.trim());
      return name === undefined ? null : known(environment[name] ?? '', name);
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
