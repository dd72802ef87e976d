import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { isWorkOrderId } from '../../../../src/domain/ids.ts';
import type { WorkOrderId } from '../../../../src/domain/ids.ts';
import type { WorkOrder } from '../../../../src/domain/work-order.ts';
import type { StepName } from '../../../../src/domain/workflow.ts';
import { NotFound } from '../../components/not-found.tsx';
import { stepTitle } from '../../components/format.ts';
import { plainLine } from '../../components/plain-text.ts';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { usePageFrame } from '../../hooks/use-page-frame.ts';
import type { ActionName } from './actions/work-order-actions.tsx';
import { WorkOrderActions } from './actions/work-order-actions.tsx';
import { DiagnosisPanel } from './diagnosis-panel.tsx';
import { GitCard } from './git-card.tsx';
import { offersOf } from './offers.ts';
import { StepRail } from './rail/step-rail.tsx';
import type { WorkOrderSearch } from './search.ts';
import type { LiveWorkOrder } from './use-live-work-order.ts';
import { useLiveWorkOrder } from './use-live-work-order.ts';
import { WorkOrderHeader } from './work-order-header.tsx';
import { WorkOrderTabs } from './work-order-tabs.tsx';

/** One work order, as it happens. */
export function WorkOrderPage() {
  const { id } = useParams({ from: '/work-orders/$id' });
  return isWorkOrderId(id) ? <Followed key={id} id={id} /> : <NotFound />;
}

function Followed({ id }: { readonly id: WorkOrderId }) {
  const live = useLiveWorkOrder(id);
  const { workOrder, connection } = live;
  usePageFrame({ title: workOrder ? titleOf(workOrder) : id, connection });
  if (workOrder) return <Shown workOrder={workOrder} live={live} />;
  if (connection.state === 'refused') return <ProblemNotice error={connection.problem} />;
  return <p className="text-soft py-20 text-center">Reading the history …</p>;
}

function Shown({ workOrder, live }: { readonly workOrder: WorkOrder; readonly live: LiveWorkOrder }) {
  const search = useSearch({ from: '/work-orders/$id' });
  const navigate = useNavigate({ from: '/work-orders/$id' });
  const { attempts, follow } = live;
  const offers = useMemo(() => offersOf(workOrder, attempts), [workOrder, attempts]);
  const step = search.step === undefined ? stepOfInterest(workOrder) : search.step === 'all' ? null : search.step;
  const go = (change: WorkOrderSearch): void =>
    void navigate({ search: (known) => ({ ...known, ...change }), replace: true, resetScroll: false });
  const [action, setAction] = useState<ActionName | null>(null);
  const isStuck = workOrder.status === 'failed' || workOrder.status === 'waiting';
  return (
    <div className="flex flex-col gap-4">
      <WorkOrderHeader workOrder={workOrder}>
        <WorkOrderActions workOrder={workOrder} offers={offers} open={action} onOpen={setAction} onDone={follow} />
      </WorkOrderHeader>
      {isStuck && (
        <DiagnosisPanel
          workOrder={workOrder}
          attempts={attempts}
          offers={offers}
          onAction={setAction}
          onTab={(tab) => go({ tab })}
          onDone={follow}
        />
      )}
      <div className="grid items-start gap-4 lg:grid-cols-[20rem_minmax(0,1fr)]">
        <div className="flex min-w-0 flex-col gap-4">
          <StepRail
            workOrder={workOrder}
            live={live}
            selected={step}
            onSelect={(chosen) => go({ step: chosen ?? 'all' })}
          />
          <GitCard workOrder={workOrder} />
        </div>
        <WorkOrderTabs
          workOrder={workOrder}
          live={live}
          offers={offers}
          step={step}
          tab={search.tab ?? (workOrder.waiting_reason === 'approval' && workOrder.plan_version > 0 ? 'plan' : 'log')}
          onTab={(tab) => go({ tab })}
        />
      </div>
    </div>
  );
}

/** What one wants to read of it first: what runs, or what went wrong. */
function stepOfInterest({ in_progress, failed_step, status }: WorkOrder): StepName | null {
  return in_progress?.step ?? (status === 'failed' ? failed_step : null);
}

const MARKS = { pending: '○', running: '●', waiting: '‖', completed: '✓', failed: '✗', cancelled: '⊘' } as const;

/** For a tab among many: where it stands, then what it is. */
function titleOf({ status, in_progress, failed_step, user_request }: WorkOrder): string {
  const step = in_progress?.step ?? failed_step;
  const where = step ? `${status} · ${stepTitle(step)}` : status;
  return `${MARKS[status]} ${where} — ${plainLine(user_request).slice(0, 80)}`;
}
