import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { CreateWorkOrder } from '../../../src/contract/create-work-order.ts';
import type { CreatedWorkOrder, WorkOrderView } from '../../../src/contract/work-order.ts';
import type { Sample } from '../../../src/contract/sample.ts';
import type { StepsView } from '../../../src/contract/steps.ts';
import { request, send } from './request.ts';
import type { WorkOrderFilter } from './work-order-filter.ts';
import { filterQuery } from './work-order-filter.ts';

const ROOT = '/agent-work-orders';

export function workOrderPath(id: string, rest = ''): string {
  return `${ROOT}/${encodeURIComponent(id)}${rest}`;
}

/** The newest ones. */
export function workOrdersQuery() {
  return queryOptions({
    queryKey: ['work-orders'],
    queryFn: ({ signal }) => request<readonly WorkOrderView[]>(ROOT, { signal }),
  });
}

const NEEDS_YOU_EVERY_MS = 20_000;

/** How many wait for a person; for pages that do not follow them all. */
export function needsYouQuery() {
  return queryOptions({
    queryKey: ['work-orders', 'needs you'],
    queryFn: ({ signal }) => request<readonly WorkOrderView[]>(`${ROOT}?status=waiting&limit=500`, { signal }),
    select: (waiting) => waiting.filter(({ waiting_until }) => waiting_until === null).length,
    refetchInterval: NEEDS_YOU_EVERY_MS,
  });
}

const PAGE_LENGTH = 50;

interface WorkOrderPage {
  readonly workOrders: readonly WorkOrderView[];
  /** The path of the older ones; null on the last page. */
  readonly next: string | null;
}

/** Newest first, page by page. */
export function workOrderPagesQuery(filter: WorkOrderFilter) {
  const query = filterQuery(filter);
  query.set('limit', String(PAGE_LENGTH));
  return infiniteQueryOptions({
    queryKey: ['work-orders', query.toString()],
    queryFn: ({ pageParam, signal }) => readPage(pageParam, signal),
    initialPageParam: `${ROOT}?${query.toString()}`,
    getNextPageParam: ({ next }) => next,
    // What changes is told by the stream.
    staleTime: Infinity,
  });
}

async function readPage(path: string, signal: AbortSignal): Promise<WorkOrderPage> {
  const response = await send(path, { signal });
  const next = /<([^>]*)>\s*;\s*rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
  return { workOrders: await response.json(), next: next ?? null };
}

/** Makes the sample repository; the answer is what to hand in for it. */
export function makeSample(): Promise<Sample> {
  return request('/service/sample', { method: 'POST' });
}

/** Lets a work order go on that is paused, or waits for something that is to pass by itself. */
export function resumeWorkOrder(id: string): Promise<WorkOrderView> {
  return request(workOrderPath(id, '/resume'), { method: 'POST' });
}

export function workOrderQuery(id: string) {
  return queryOptions({
    queryKey: ['work-order', id],
    queryFn: ({ signal }) => request<WorkOrderView>(workOrderPath(id), { signal }),
  });
}

export function stepsQuery(id: string) {
  return queryOptions({
    queryKey: ['work-order', id, 'steps'],
    queryFn: ({ signal }) => request<StepsView>(workOrderPath(id, '/steps'), { signal }),
  });
}

/** The same key makes the same work order, however often it is sent. */
export function createWorkOrder(body: CreateWorkOrder, idempotencyKey: string): Promise<CreatedWorkOrder> {
  return request(ROOT, { method: 'POST', body, headers: { 'idempotency-key': idempotencyKey } });
}
