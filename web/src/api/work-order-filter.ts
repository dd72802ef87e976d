import type { WorkOrderView } from '../../../src/contract/work-order.ts';
import type { WorkOrderStatus } from '../../../src/domain/work-order.ts';

/** Which work orders are wanted; what is empty wants all. */
export interface WorkOrderFilter {
  readonly statuses: readonly WorkOrderStatus[];
  readonly repositoryUrl: string;
  readonly text: string;
}

export const EVERY_WORK_ORDER: WorkOrderFilter = { statuses: [], repositoryUrl: '', text: '' };

/** The same filter as a query of `GET /agent-work-orders`. */
export function filterQuery({ statuses, repositoryUrl, text }: WorkOrderFilter): URLSearchParams {
  const query = new URLSearchParams();
  if (statuses.length > 0) query.set('status', statuses.join(','));
  if (repositoryUrl !== '') query.set('repository_url', repositoryUrl);
  if (text.trim() !== '') query.set('text', text.trim());
  return query;
}

/** As the service filters. */
function fits(workOrder: WorkOrderView, filter: WorkOrderFilter): boolean {
  const { repositoryUrl, text } = filter;
  if (!hasStatus(workOrder.status, filter)) return false;
  if (repositoryUrl !== '' && workOrder.repository_url !== repositoryUrl) return false;
  const { user_request, repository_url, agent_work_order_id } = workOrder;
  const wanted = text.trim().toLowerCase();
  return [user_request, repository_url, agent_work_order_id].some((field) => field.toLowerCase().includes(wanted));
}

function hasStatus(status: WorkOrderStatus, { statuses }: WorkOrderFilter): boolean {
  return statuses.length === 0 || statuses.includes(status);
}

interface ListInput {
  /** As it was read, newest first. */
  readonly read: readonly WorkOrderView[];
  /** Whether there are older ones that were not read. */
  readonly hasOlder: boolean;
  /** What was read singly since, because something had happened. */
  readonly changed: ReadonlyMap<string, WorkOrderView>;
  readonly filter: WorkOrderFilter;
}

/**
 * A list together with what has changed since it was read, or while: of two states of a work order the later one counts,
 * whichever has arrived first. Newest first.
 */
export function listWithChanges({ read, hasOlder, changed, filter }: ListInput): readonly WorkOrderView[] {
  const readIds = new Set(read.map(({ agent_work_order_id: id }) => id));
  const kept = read
    .map((workOrder) => later(workOrder, changed.get(workOrder.agent_work_order_id)))
    .filter(({ status }) => hasStatus(status, filter));
  const oldest = hasOlder ? (read.at(-1)?.created_at ?? '') : '';
  const added = [...changed.values()].filter(
    (workOrder) =>
      !readIds.has(workOrder.agent_work_order_id) && fits(workOrder, filter) && workOrder.created_at > oldest,
  );
  // For those of the same millisecond: what changed last was made last, mostly.
  return [...added.toReversed(), ...kept].toSorted((a, b) => compare(b.created_at, a.created_at));
}

function later(read: WorkOrderView, changed: WorkOrderView | undefined): WorkOrderView {
  return changed && changed.last_seq > read.last_seq ? changed : read;
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
