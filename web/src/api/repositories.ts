import { queryOptions } from '@tanstack/react-query';
import type { KnownRepositoryView } from '../../../src/contract/known-repository.ts';
import { request } from './request.ts';

/** Those used last first. */
export function repositoriesQuery() {
  return queryOptions({
    queryKey: ['repositories'],
    queryFn: ({ signal }) => request<readonly KnownRepositoryView[]>('/repositories', { signal }),
  });
}
