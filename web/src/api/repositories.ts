import { queryOptions } from '@tanstack/react-query';
import type { AddRepository, ChangeRepository, KnownRepositoryView } from '../../../src/contract/known-repository.ts';
import type { RepositoryCheckView } from '../../../src/contract/verify-repository.ts';
import { request, send } from './request.ts';

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

export function addRepository(body: AddRepository): Promise<KnownRepositoryView> {
  return request('/repositories', { method: 'POST', body });
}

export function changeRepository(id: string, body: ChangeRepository): Promise<KnownRepositoryView> {
  return request(repositoryPath(id), { method: 'PATCH', body });
}

/** Asks the forge again; a no is an answer too. */
export function verifyRepository(id: string): Promise<KnownRepositoryView> {
  return request(`${repositoryPath(id)}/verify`, { method: 'POST' });
}

export async function removeRepository(id: string): Promise<void> {
  await send(repositoryPath(id), { method: 'DELETE' });
}

function repositoryPath(id: string): string {
  return `/repositories/${encodeURIComponent(id)}`;
}
