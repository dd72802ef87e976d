import { createHash } from 'node:crypto';
import { WorkOrderError } from '../domain/errors.ts';
import type { Log } from '../ports/telemetry.ts';
import type { Webhooks } from '../ports/webhooks.ts';
import { giteaWebhook } from './gitea/webhook.ts';
import { githubWebhook } from './github/webhook.ts';
import { gitlabWebhook } from './gitlab/webhook.ts';
import type { KnownHost, KnownHosts } from './known-hosts.ts';
import type { WebhookReader, WebhookRequest } from './webhook-reader.ts';
import type { WebhookSecrets } from './webhook-secrets.ts';

/** By the kind of the known hosts, which is the last part of the path. */
const READERS: ReadonlyMap<string, WebhookReader> = new Map([
  ['github', githubWebhook],
  ['gitlab', gitlabWebhook],
  ['gitea', giteaWebhook],
]);

/** The webhooks of the known hosts: each host has a secret of its own, and speaks for its own repositories only. */
export function createWebhooks({
  hosts,
  secrets,
  log,
}: {
  readonly hosts: KnownHosts;
  readonly secrets: WebhookSecrets;
  readonly log: Log;
}): Webhooks {
  return {
    async receive({ forge, ...request }) {
      const reader = READERS.get(forge);
      if (!reader) throw new WorkOrderError('route_not_found', `No webhooks come from "${forge.slice(0, 50)}".`);
      const signers = await signersOf(forge, reader, request);
      const content = jsonOf(request.body);
      const reading = reader.read(request, content);
      if (reading.kind !== 'news') return reading;
      const host = hosts.find({ repositoryUrl: reading.news.repository_url });
      // A host that signs for a repository of another one is nobody that the service knows.
      if (!host || !signers.includes(host)) throw wrongSignature();
      const bodyHash = createHash('sha256').update(request.body).digest('hex');
      const number = reader.deliveryId(request)?.slice(0, 200) ?? bodyHash;
      return { kind: 'news', forge, deliveryId: `${host.host}:${number}`, bodyHash, news: reading.news };
    },
  };

  /** The hosts whose secret the request is signed with. */
  async function signersOf(
    forge: string,
    reader: WebhookReader,
    request: WebhookRequest,
  ): Promise<readonly KnownHost[]> {
    const signers: KnownHost[] = [];
    let configured = 0;
    for (const host of hosts.all) {
      if (host.kind !== forge) continue;
      const known = await secretsOf(host);
      configured += known.length;
      if (known.some((secret) => reader.isSigned(request, secret))) signers.push(host);
    }
    if (configured === 0) {
      throw new WorkOrderError('webhook_not_configured', `No secret is set for webhooks of the kind ${forge}.`);
    }
    if (signers.length === 0) throw wrongSignature();
    return signers;
  }

  /** What is wrong with a secret is for the log: whoever sends a request is not known yet. */
  async function secretsOf(host: KnownHost): Promise<readonly string[]> {
    try {
      return await secrets.of(host);
    } catch (error) {
      log.error('webhook_secret_unusable', { host: host.host, err: error });
      return [];
    }
  }
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    const message = 'It is not JSON; the content type of the webhook must be application/json.';
    throw new WorkOrderError('invalid_request', `body: ${message}`, { faults: [{ path: 'body', message }] });
  }
}

function wrongSignature(): WorkOrderError {
  return new WorkOrderError('webhook_signature_wrong', 'The request is not signed as it should be.');
}
