import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { WorkOrderView } from '../../../../src/contract/work-order.ts';
import type { WaitingReason } from '../../../../src/domain/work-order.ts';
import { resumeWorkOrder } from '../../api/work-orders.ts';
import { Ago } from '../../components/ago.tsx';
import { duration, repositoryName } from '../../components/format.ts';
import { plainLine } from '../../components/plain-text.ts';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { useNow } from '../../hooks/use-now.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Panel } from '../../ui/panel.tsx';

/** Those that wait: for a person first, then those that go on by themselves. */
export function NeedsYou({ workOrders }: { readonly workOrders: readonly WorkOrderView[] }) {
  if (workOrders.length === 0) return null;
  const sorted = workOrders.toSorted((a, b) => Number(a.waiting_until !== null) - Number(b.waiting_until !== null));
  return (
    <section aria-labelledby="needs-you" className="mb-5">
      <h2 id="needs-you" className="mb-2 font-semibold">
        Needs you <span className="text-soft font-normal">{workOrders.length}</span>
      </h2>
      <Panel className="border-waiting/50">
        <ul className="divide-line divide-y">
          {sorted.map((workOrder) => (
            // Once it has gone on, it is another wait that may follow.
            <Waiting key={`${workOrder.agent_work_order_id} ${workOrder.last_seq}`} workOrder={workOrder} />
          ))}
        </ul>
      </Panel>
    </section>
  );
}

function Waiting({ workOrder }: { readonly workOrder: WorkOrderView }) {
  const { agent_work_order_id: id, status, waiting_reason, waiting_detail, updated_at } = workOrder;
  const answer = workOrder.waiting_budget ? 'See what it may spend' : waiting_reason && ANSWERS[waiting_reason];
  const goOn = useMutation({ mutationFn: () => resumeWorkOrder(id) });
  return (
    <li className="flex flex-col gap-2 p-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-72">
          <div className="mb-0.5 flex flex-wrap items-center gap-x-3">
            <StatusBadge status={status} waitingReason={waiting_reason} waitingBudget={workOrder.waiting_budget} />
            <span className="text-soft text-xs">
              {plainLine(repositoryName(workOrder.repository_url))} · since <Ago at={updated_at} />
            </span>
          </div>
          <Link to="/work-orders/$id" params={{ id }} className="line-clamp-2 font-medium break-words hover:underline">
            <bdi>{plainLine(workOrder.user_request)}</bdi>
          </Link>
          <p className="text-soft break-words">
            {plainLine(waiting_detail ?? '')} <GoesOn until={workOrder.waiting_until} />
          </p>
        </div>
        {answer ? (
          <Link to="/work-orders/$id" params={{ id }} className={buttonClass()}>
            {answer}
          </Link>
        ) : (
          <Button onClick={() => goOn.mutate()} disabled={goOn.isPending || goOn.isSuccess}>
            {waiting_reason === 'paused' ? 'Resume' : 'Try now'}
          </Button>
        )}
      </div>
      {goOn.error && <ProblemNotice error={goOn.error} />}
    </li>
  );
}

/** What wants to be read before it is answered has its place on the page of the work order. */
const ANSWERS: Readonly<Partial<Record<WaitingReason, string>>> = {
  approval: 'Review and approve',
  input: 'Read and answer',
};

function GoesOn({ until }: { readonly until: string | null }) {
  const now = useNow();
  if (until === null) return null;
  const seconds = Math.round((Date.parse(until) - now) / 1_000);
  const time = new Date(until).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  return (
    <span className="whitespace-nowrap">
      It goes on by itself {seconds > 1 ? `in ${duration(Math.max(10, seconds))}, at ${time}.` : 'any moment.'}
    </span>
  );
}
