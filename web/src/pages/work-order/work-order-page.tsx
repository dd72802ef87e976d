import { useParams } from '@tanstack/react-router';
import { isWorkOrderId } from '../../../../src/domain/ids.ts';
import type { WorkOrderId } from '../../../../src/domain/ids.ts';
import { ConnectionBadge } from '../../components/connection-badge.tsx';
import { NotFound } from '../../components/not-found.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { isTerminal } from '../../../../src/domain/work-order.ts';
import { useWorkOrderHistory } from '../../hooks/use-work-order-history.ts';
import { DiffPanel } from './diff/diff-panel.tsx';
import { LogPanel } from './log/log-panel.tsx';

/** One work order, as it happens. */
export function WorkOrderPage() {
  const { id } = useParams({ from: '/work-orders/$id' });
  return isWorkOrderId(id) ? <WorkOrder key={id} id={id} /> : <NotFound />;
}

function WorkOrder({ id }: { readonly id: WorkOrderId }) {
  const { workOrder, connection } = useWorkOrderHistory(id);
  return (
    <>
      <ConnectionBadge connection={connection} />
      {workOrder && (
        <>
          <h1 className="text-lg font-semibold">{workOrder.user_request}</h1>
          <StatusBadge status={workOrder.status} waitingReason={workOrder.waiting_reason} />
          <ol>
            {workOrder.steps.map(({ step, status }) => (
              <li key={step}>
                {step} {status}
              </li>
            ))}
          </ol>
          <LogPanel id={id} step={null} isLive={!isTerminal(workOrder.status)} />
          <DiffPanel id={id} step={null} revision={workOrder.last_seq} />
        </>
      )}
    </>
  );
}
