import { repositoryPathOf } from '../repository-path.ts';

/** Owner and name of a repository on GitHub. */
export interface RepositoryName {
  readonly owner: string;
  readonly repo: string;
}

/** From any of the accepted forms of a URL; null when its path is not `owner/name`. */
export function repositoryNameOf(repositoryUrl: string): RepositoryName | null {
  const [owner, repo, ...more] = repositoryPathOf(repositoryUrl);
  return owner === undefined || repo === undefined || more.length > 0 ? null : { owner, repo };
}
