import type { SecretFile } from '../process/file-secrets.ts';
import type { HostSettings } from './known-hosts.ts';

/** The files that the service takes its tokens, its keys and the secrets of its webhooks from. */
export function secretFilesOf(
  { forges, commitSigningKey }: { readonly forges: readonly HostSettings[]; readonly commitSigningKey: string | null },
  environment: Readonly<Record<string, string | undefined>> = process.env,
): readonly SecretFile[] {
  const named = forges.flatMap(({ tokenFile, webhookSecretFile }) => [tokenFile, webhookSecretFile]);
  const appKeys = [...forges.map(({ app }) => app?.privateKeyFile), environment['GITHUB_APP_PRIVATE_KEY_FILE']?.trim()];
  return [
    ...named.flatMap((path) => (path ? [{ name: path, path }] : [])),
    ...appKeys.flatMap((path) => (path ? [{ name: 'GitHub App key', path }] : [])),
    ...(commitSigningKey === null ? [] : [{ name: 'commit signing key', path: commitSigningKey }]),
  ];
}
