/**
 * The parts of a repository's path without `.git`, from any of the accepted forms of a URL; none when one of them is not
 * the name of a repository or of its owner.
 */
export function repositoryPathOf(repositoryUrl: string): readonly string[] {
  const scp = /^[^/:@]+@[^/:]+:(.+)$/.exec(repositoryUrl)?.[1];
  const path = scp ?? URL.parse(repositoryUrl)?.pathname ?? '';
  const parts = path
    .replace(/^\//, '')
    .replace(/\.git$/, '')
    .split('/');
  return parts.every((part) => /^[\w.-]+$/.test(part)) ? parts : [];
}
