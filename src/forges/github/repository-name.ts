/** Owner and name of a repository on GitHub. */
export interface RepositoryName {
  readonly owner: string;
  readonly repo: string;
}

/** From any of the accepted forms of a URL; null when its path is not `owner/name`. */
export function repositoryNameOf(repositoryUrl: string): RepositoryName | null {
  const scp = /^[^/:@]+@[^/:]+:\/?(.+)$/.exec(repositoryUrl)?.[1];
  const path = scp ?? URL.parse(repositoryUrl)?.pathname ?? '';
  const match = /^\/?([\w.-]+)\/([\w.-]+?)(?:\.git)?$/.exec(path);
  const [, owner, repo] = match ?? [];
  return owner === undefined || repo === undefined ? null : { owner, repo };
}
