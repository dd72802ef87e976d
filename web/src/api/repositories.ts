import { queryOptions } from '@tanstack/react-query';
import type { KnownRepositoryView } from '../../../src/contract/known-repository.ts';
import type { RepositoryCheckView } from '../../../src/contract/verify-repository.ts';
import { request } from './request.ts';

/** Those used last first. */
export function repositoriesQuery() {
  return queryOptions({
    queryKey: ['repositories'],
    queryFn: ({ signal }) => request<readonly KnownRepositoryView[]>('/repositories', { signal }),
  });
}

/** Whether the service can work on a repository, and its default branch. */
export function repositoryCheckQuery(repositoryUrl: string) {
  return queryOptions({
    queryKey: ['repository check', repositoryUrl],
    queryFn: ({ signal }) =>
      request<RepositoryCheckView>('/github/verify-repository', {
        method: 'POST',
        body: { repository_url: repositoryUrl },
        signal,
      }),
    staleTime: 60_000,
    retry: false,
  });
}
