import { queryOptions } from '@tanstack/react-query';
import type { WorkOrderId } from '../../../src/domain/ids.ts';
import { send } from './request.ts';
import { workOrderPath } from './work-orders.ts';

/** One version of the plan. It never changes: an edit makes another version. */
export function planQuery(id: WorkOrderId, version: number) {
  return queryOptions({
    queryKey: ['work-order', id, 'plan', version],
    queryFn: async ({ signal }) => (await send(planPath(id, version), { signal })).text(),
    staleTime: Infinity,
  });
}

export function planPath(id: WorkOrderId, version: number): string {
  return workOrderPath(id, `/plan?version=${version}`);
}

/** The exact prompt of an attempt; `place` is its number in the step history, from 1. */
export function promptQuery(id: WorkOrderId, place: number, bytes: number) {
  return queryOptions({
    // It grows when the attempt is given another turn.
    queryKey: ['work-order', id, 'prompt', place, bytes],
    queryFn: async ({ signal }) => (await send(promptPath(id, place), { signal })).text(),
    staleTime: Infinity,
  });
}

export function promptPath(id: WorkOrderId, place: number): string {
  return workOrderPath(id, `/steps/${place}/prompt`);
}
