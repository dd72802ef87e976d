import type { SecretFile } from '../process/file-secrets.ts';
import type { HostSettings } from './known-hosts.ts';

/** The files that the service takes its tokens and the keys of its apps from. */
export function secretFilesOf(
  settings: readonly HostSettings[],
  environment: Readonly<Record<string, string | undefined>>,
): readonly SecretFile[] {
  const keyFiles = [
    ...settings.map(({ app }) => app?.privateKeyFile),
    environment['GITHUB_APP_PRIVATE_KEY_FILE']?.trim(),
  ];
  return [
    ...settings.flatMap(({ tokenFile }) => (tokenFile === undefined ? [] : [{ name: tokenFile, path: tokenFile }])),
    ...keyFiles.flatMap((path) => (path ? [{ name: 'GitHub App key', path }] : [])),
  ];
}
