import { queryOptions } from '@tanstack/react-query';
import type { Health } from '../../../src/contract/health.ts';
import { request } from './request.ts';

const EVERY_MS = 15_000;

export function healthQuery() {
  return queryOptions({
    queryKey: ['health'],
    queryFn: ({ signal }) => request<Health>('/health', { signal }),
    refetchInterval: EVERY_MS,
  });
}
