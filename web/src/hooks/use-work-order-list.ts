import type { QueryClient } from '@tanstack/react-query';
import { keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { WorkOrderChanges } from '../api/work-order-changes.ts';
import type { WorkOrderFilter } from '../api/work-order-filter.ts';
import { filterQuery, listWithChanges } from '../api/work-order-filter.ts';
import { workOrderPagesQuery } from '../api/work-orders.ts';

/** One stream for all the lists that are kept. */
const streams = new WeakMap<QueryClient, WorkOrderChanges>();

function useChanges() {
  const client = useQueryClient();
  const changes = streams.get(client) ?? new WorkOrderChanges();
  streams.set(client, changes);
  return useSyncExternalStore(changes.subscribe, changes.getView);
}

/** The work orders that fit a filter, newest first, as they are now. */
export function useWorkOrderList(filter: WorkOrderFilter) {
  const { connection, openings, changed } = useChanges();
  const query = useInfiniteQuery({
    ...workOrderPagesQuery(filter),
    // It is read when the stream is open, below, so that nothing falls between; a list without it is better than none.
    enabled: openings === 0 && ['retrying', 'gone', 'refused'].includes(connection.state),
    placeholderData: keepPreviousData,
  });
  const { data, hasNextPage, refetch } = query;
  const read = useMemo(() => data?.pages.flatMap(({ workOrders }) => workOrders), [data]);
  const wanted = filterQuery(filter).toString();
  useEffect(() => {
    if (openings > 0) void refetch();
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- another filter is another list that was not read yet
  }, [openings, wanted, refetch]);
  const workOrders = useMemo(
    () => read && listWithChanges({ read, hasOlder: hasNextPage, changed, filter }),
    [read, hasNextPage, changed, filter],
  );
  const isNew = (id: string): boolean => changed.has(id) && !read?.some((each) => each.agent_work_order_id === id);
  return { ...query, connection, workOrders, isNew };
}
