import type { KnownHosts } from './known-hosts.ts';
import { repositoryPathOf } from './repository-path.ts';

/** The page of a repository on a known host, whichever form its URL has; without a slash at the end. */
export function repositoryPage(hosts: KnownHosts, repositoryUrl: string): string {
  const host = hosts.find({ repositoryUrl })?.host ?? '';
  // A server on this machine is the only one that is spoken to without TLS.
  const scheme = repositoryUrl.startsWith('http://') ? 'http' : 'https';
  return `${scheme}://${host}/${repositoryPathOf(repositoryUrl).join('/')}`;
}

/** A path with each of its parts escaped. */
export function escapedPath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
