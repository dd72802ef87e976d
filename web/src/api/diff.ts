import { queryOptions } from '@tanstack/react-query';
import type { WorkOrderId } from '../../../src/domain/ids.ts';
import type { StepName } from '../../../src/domain/workflow.ts';
import { send } from './request.ts';
import { workOrderPath } from './work-orders.ts';

interface DiffWish {
  /** What this step has changed; null for the whole work order. */
  readonly step: StepName | null;
  readonly ignoresWhiteSpace: boolean;
}

/** The unified diff. With another `revision` it is asked for again. */
export function diffQuery(id: WorkOrderId, wish: DiffWish, revision: number) {
  return queryOptions({
    queryKey: ['work-order', id, 'diff', wish.step, wish.ignoresWhiteSpace, revision],
    queryFn: async ({ signal }) => {
      const response = await send(diffPath(id, wish, {}), { signal });
      return { text: await response.text(), truncated: response.headers.get('x-truncated') === 'true' };
    },
    // It may be megabytes, and the next one takes its place.
    gcTime: 10_000,
  });
}

export function diffDownloadPath(id: WorkOrderId, wish: DiffWish): string {
  return diffPath(id, wish, { download: 'true' });
}

function diffPath(
  id: WorkOrderId,
  { step, ignoresWhiteSpace }: DiffWish,
  more: Readonly<Record<string, string>>,
): string {
  const query = new URLSearchParams(more);
  if (step) query.set('step', step);
  if (ignoresWhiteSpace) query.set('white_space', 'ignore');
  return workOrderPath(id, `/diff?${query}`);
}
