import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { workOrdersQuery } from '../../api/work-orders.ts';
import { Ago } from '../../components/ago.tsx';
import { repositoryName } from '../../components/format.ts';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { Panel } from '../../ui/panel.tsx';

/** All work orders, newest first. */
export function BoardPage() {
  const { data: workOrders, error } = useQuery(workOrdersQuery());
  return (
    <>
      <h1 className="mb-3 text-lg font-semibold">Work orders</h1>
      {error && <ProblemNotice error={error} />}
      <Panel>
        <ul className="divide-line divide-y">
          {workOrders?.map((workOrder) => (
            <li key={workOrder.agent_work_order_id} className="flex flex-wrap items-center gap-3 p-3">
              <StatusBadge status={workOrder.status} waitingReason={workOrder.waiting_reason} />
              <Link
                to="/work-orders/$id"
                params={{ id: workOrder.agent_work_order_id }}
                className="min-w-0 flex-1 truncate font-medium hover:underline"
              >
                {workOrder.user_request}
              </Link>
              <span className="text-soft">{repositoryName(workOrder.repository_url)}</span>
              <span className="text-soft">
                <Ago at={workOrder.updated_at} />
              </span>
            </li>
          ))}
        </ul>
      </Panel>
    </>
  );
}
