import { readFile } from 'node:fs/promises';
import { WorkOrderError } from '../domain/errors.ts';
import type { Secret } from '../domain/secrets.ts';
import { MIN_SECRET_CHARACTERS } from '../domain/secrets.ts';
import type { KnownHost, KnownHosts } from './known-hosts.ts';

/** A new one beside the old one, while the forges are told. */
const MAX_SECRETS = 2;

/** Reads the secrets that a host signs its webhooks with; asked again for each request, so that a file may change. */
export interface WebhookSecrets {
  /** None where none is configured. Rejects with `configuration_invalid` for one that cannot be read or is too weak. */
  of(host: KnownHost): Promise<readonly string[]>;
}

export function createWebhookSecrets({
  hosts,
  environment,
  onSecret,
}: {
  readonly hosts: KnownHosts;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Told each secret before anything is received, one in a file when it is read: to keep it out of what is shown. */
  readonly onSecret: (secret: Secret) => void;
}): WebhookSecrets {
  const tell = (name: string, secrets: readonly string[]) => {
    // A shorter one is refused, and would be found in harmless words.
    for (const value of secrets) if (value.length >= MIN_SECRET_CHARACTERS) onSecret({ name, value });
  };
  for (const name of hosts.all.flatMap((host) => host.webhookSecretEnvironment)) tell(name, words(environment[name]));

  return {
    async of({ webhookSecretFile: file, webhookSecretEnvironment: variables }) {
      const name = file ?? variables.find((candidate) => environment[candidate]?.trim());
      if (name === undefined) return [];
      const secrets = words(file === null ? environment[name] : await contentOf(file));
      tell(name, secrets);
      return checked(secrets, name);
    },
  };
}

function words(text: string | undefined): readonly string[] {
  return (text ?? '').split(/\s+/).filter((word) => word !== '');
}

async function contentOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new WorkOrderError('configuration_invalid', `The file of the webhook secret cannot be read: ${reason}`, {
      cause: error,
    });
  }
}

/** Secrets that do not fit are told by the name of their source, never by themselves. */
function checked(secrets: readonly string[], source: string): readonly string[] {
  if (secrets.length === 0 || secrets.length > MAX_SECRETS) {
    const reason = `${source} holds ${secrets.length} secrets for webhooks; one is needed, two are possible.`;
    throw new WorkOrderError('configuration_invalid', reason);
  }
  if (secrets.some((secret) => secret.length < MIN_SECRET_CHARACTERS)) {
    const reason = `${source} holds a secret for webhooks of less than ${MIN_SECRET_CHARACTERS} characters.`;
    throw new WorkOrderError('configuration_invalid', reason);
  }
  return secrets;
}
