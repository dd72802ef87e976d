import { isAbsolute } from 'node:path';
import type { ProcessSpec } from '../../ports/process.ts';
import type { Environment } from '../environment.ts';

/** The model, and the service that renews a login. */
const HOSTS = ['api.anthropic.com', 'platform.claude.com'];
const READABLE = [
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'CLAUDE_CODE_CLIENT_CERT',
  'CLAUDE_CODE_CLIENT_KEY',
];

/** What Claude Code reaches beyond its sandbox, by the variables that name other models and certificates. */
export function claudeNeeds(environment: Environment): NonNullable<ProcessSpec['needs']> {
  const addresses = Object.entries(environment).filter(([name]) => /^ANTHROPIC_(?:\w+_)?BASE_URL$/.test(name));
  const hosts = addresses.map(([, address]) => hostOf(address ?? '')).filter((host) => host !== null);
  const readable = READABLE.map((name) => environment[name] ?? '').filter(isAbsolute);
  return { hosts: environment['ANTHROPIC_BASE_URL'] ? hosts : [...HOSTS, ...hosts], readable };
}

function hostOf(address: string): string | null {
  return URL.canParse(address) ? new URL(address).host : null;
}
