import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import type { ReactNode } from 'react';
import type { WorkOrderView } from '../../../../src/contract/work-order.ts';
import { repositoriesQuery } from '../../api/repositories.ts';
import type { WorkOrderFilter } from '../../api/work-order-filter.ts';
import { EVERY_WORK_ORDER } from '../../api/work-order-filter.ts';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { usePageFrame } from '../../hooks/use-page-frame.ts';
import { useWorkOrderList } from '../../hooks/use-work-order-list.ts';
import { Button } from '../../ui/button.tsx';
import { classNames } from '../../ui/class-names.ts';
import { Panel } from '../../ui/panel.tsx';
import { BoardFilters, isTyping } from './board-filters.tsx';
import { filterOf, searchOf } from './board-search.ts';
import { FirstWorkOrder } from './first-work-order.tsx';
import { NeedsYou } from './needs-you.tsx';
import { WorkOrderRow } from './work-order-row.tsx';

const WAITING: WorkOrderFilter = { ...EVERY_WORK_ORDER, statuses: ['waiting'] };

/** All work orders, newest first, as they are now. */
export function BoardPage() {
  const search = useSearch({ from: '/' });
  const navigate = useNavigate({ from: '/' });
  const filter = useMemo(() => filterOf(search), [search]);
  const list = useWorkOrderList(filter);
  const waiting = useWorkOrderList(WAITING);
  const needsYou = waiting.workOrders?.filter(({ waiting_until }) => waiting_until === null).length;
  usePageFrame({ title: 'Work orders', connection: list.connection, needsYou });
  const onFilter = useCallback(
    (change: Partial<WorkOrderFilter>) =>
      void navigate({ search: (before) => searchOf({ ...filterOf(before), ...change }), replace: true }),
    [navigate],
  );
  const { workOrders, error } = list;
  const repositories = useRepositoryUrls(filter, workOrders);
  const isFiltered = Object.keys(searchOf(filter)).length > 0;
  const isEmpty = workOrders?.length === 0;
  return (
    <>
      <h1 className="sr-only">Work orders</h1>
      <NeedsYou workOrders={waiting.workOrders ?? []} />
      {(isFiltered || !isEmpty) && <BoardFilters filter={filter} onChange={onFilter} repositories={repositories} />}
      {error && (
        <div className="mb-3">
          <ProblemNotice error={error} />
        </div>
      )}
      {isEmpty && !isFiltered && <FirstWorkOrder />}
      {isEmpty && isFiltered && (
        <Panel className="text-soft p-8 text-center">
          <p className="mb-3">No work order fits.</p>
          <Button onClick={() => onFilter(EVERY_WORK_ORDER)}>Show all</Button>
        </Panel>
      )}
      {workOrders && !isEmpty && (
        <Rows isStale={list.isPlaceholderData}>
          {workOrders.map((workOrder) => (
            <WorkOrderRow
              key={workOrder.agent_work_order_id}
              workOrder={workOrder}
              isNew={list.isNew(workOrder.agent_work_order_id)}
            />
          ))}
        </Rows>
      )}
      {list.hasNextPage && (
        <div className="mt-3 text-center">
          <Button onClick={() => void list.fetchNextPage()} disabled={list.isFetchingNextPage}>
            {list.isFetchingNextPage ? 'Reading …' : 'Older'}
          </Button>
        </div>
      )}
    </>
  );
}

/** Those that are known, and those of the list. */
function useRepositoryUrls(filter: WorkOrderFilter, workOrders: readonly WorkOrderView[] = []): readonly string[] {
  const { data: known = [] } = useQuery(repositoriesQuery());
  const urls = [filter.repositoryUrl, ...[...known, ...workOrders].map(({ repository_url }) => repository_url)];
  return [...new Set(urls)].filter((url) => url !== '').toSorted();
}

/** `j` and `k` go down and up. */
function Rows({ isStale, children }: { readonly isStale: boolean; readonly children: ReactNode }) {
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if ((event.key !== 'j' && event.key !== 'k') || isTyping(event)) return;
      const links = [...(list.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [])];
      const here = links.findIndex((link) => link === document.activeElement);
      links[event.key === 'j' ? here + 1 : Math.max(0, here - 1)]?.focus();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  return (
    <Panel
      aria-label="Work orders"
      aria-busy={isStale}
      className={classNames('overflow-hidden', isStale && 'opacity-60')}
    >
      <ul ref={list} className="divide-line divide-y">
        {children}
      </ul>
    </Panel>
  );
}
