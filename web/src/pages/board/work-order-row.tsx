import { Link } from '@tanstack/react-router';
import type { WorkOrderView } from '../../../../src/contract/work-order.ts';
import { Ago } from '../../components/ago.tsx';
import { repositoryName } from '../../components/format.ts';
import { plainLine } from '../../components/plain-text.ts';
import { StatusBadge } from '../../components/status-badge.tsx';
import { classNames } from '../../ui/class-names.ts';
import { Outcome } from './outcome.tsx';
import { RowSpending } from './row-spending.tsx';
import { StepProgress } from './step-progress.tsx';

interface WorkOrderRowProps {
  readonly workOrder: WorkOrderView;
  /** It came while one was looking. */
  readonly isNew: boolean;
}

/** One work order of the board; on a narrow screen a card. The whole of it leads to its page. */
export function WorkOrderRow({ workOrder, isNew }: WorkOrderRowProps) {
  const { agent_work_order_id: id, status, waiting_reason, created_at, repository_url, user_request } = workOrder;
  const request = plainLine(user_request);
  return (
    <li
      className={classNames(
        'hover:bg-raised focus-within:bg-raised relative grid items-center gap-x-4 gap-y-2 px-3 py-2.5',
        'grid-cols-[1fr_auto] md:grid-cols-[10.5rem_minmax(0,1fr)_11.5rem_minmax(0,11rem)_5.5rem]',
        isNew && 'animate-arrive',
      )}
    >
      <StatusBadge status={status} waitingReason={waiting_reason} waitingBudget={workOrder.waiting_budget} />
      <div className="min-w-0 max-md:order-last max-md:col-span-2">
        <Link
          to="/work-orders/$id"
          params={{ id }}
          title={request.slice(0, 500)}
          className="line-clamp-2 font-medium break-words after:absolute after:inset-0 hover:underline md:line-clamp-1"
          data-row
        >
          <bdi>{request}</bdi>
        </Link>
        <p className="text-soft flex gap-2 text-xs">
          <span className="truncate">{plainLine(repositoryName(repository_url))}</span>
          <span className="font-mono">{id}</span>
        </p>
      </div>
      <span className="text-soft flex flex-col items-end text-right text-xs md:order-last">
        <Ago at={created_at} />
        <RowSpending workOrder={workOrder} />
      </span>
      <div className="max-md:order-last">
        <StepProgress workOrder={workOrder} />
      </div>
      <div className="min-w-0 max-md:order-last max-md:text-right">
        <Outcome workOrder={workOrder} />
      </div>
    </li>
  );
}
