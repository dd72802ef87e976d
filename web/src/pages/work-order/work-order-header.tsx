import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { DailyScope, Measure } from '../../../../src/domain/budget.ts';
import { MEASURES, exhaustedIn, isBeyondDaily, leftOf, standingOf } from '../../../../src/domain/budget.ts';
import type { WorkOrder } from '../../../../src/domain/work-order.ts';
import { Ago } from '../../components/ago.tsx';
import { AgentText } from '../../components/agent-text.tsx';
import { amount, amountOf } from '../../components/amount.ts';
import { duration, repositoryName } from '../../components/format.ts';
import { plainLine } from '../../components/plain-text.ts';
import { StatusBadge } from '../../components/status-badge.tsx';
import { useNow } from '../../hooks/use-now.ts';
import { classNames } from '../../ui/class-names.ts';

interface WorkOrderHeaderProps {
  readonly workOrder: WorkOrder;
  /** What can be done. */
  readonly children: ReactNode;
}

export function WorkOrderHeader({ workOrder, children }: WorkOrderHeaderProps) {
  const { agent_work_order_id: id, user_request, repository_url, agent, model, forked_from, outcome } = workOrder;
  const { status, waiting_reason, waiting_budget, waiting_until, created_at, updated_at } = workOrder;
  return (
    <header className="flex flex-col gap-2">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <h1 className="line-clamp-3 min-w-0 flex-1 basis-80 text-lg font-semibold break-words" title={user_request}>
          <AgentText text={user_request} />
        </h1>
        {children}
      </div>
      <p className="text-soft flex flex-wrap items-center gap-x-3 gap-y-1">
        <StatusBadge status={status} waitingReason={waiting_reason} waitingBudget={waiting_budget} />
        {waiting_until !== null && <Until at={waiting_until} />}
        {waiting_budget && <span>{SPENT[waiting_budget]}</span>}
        {outcome && <span className="text-good font-medium">{outcome.replaceAll('_', ' ')}</span>}
        {workOrder.cancel_requested && status !== 'cancelled' && (
          <span className="text-waiting">is being cancelled</span>
        )}
        {workOrder.pause_requested && <span className="text-waiting">pauses after this attempt</span>}
        <Repository url={repository_url} />
        <span>
          {agent}
          {model && ` (${model})`}
        </span>
        <Spent workOrder={workOrder} />
        <span>
          created <Ago at={created_at} />, changed <Ago at={updated_at} />
        </span>
        {forked_from && (
          <Link
            to="/work-orders/$id"
            params={{ id: forked_from.agent_work_order_id }}
            className="text-accent underline"
          >
            forked after {forked_from.step}
          </Link>
        )}
        <code className="font-mono text-xs">{id}</code>
      </p>
    </header>
  );
}

function Until({ at }: { readonly at: string }) {
  const seconds = (Date.parse(at) - useNow()) / 1_000;
  return (
    <time dateTime={at} title={new Date(at).toLocaleString()}>
      {seconds > 0 ? `goes on by itself in ${duration(Math.ceil(seconds))}` : 'goes on any moment'}
    </time>
  );
}

function Repository({ url }: { readonly url: string }) {
  const name = repositoryName(url);
  if (!/^https?:\/\//i.test(url)) return <span title={url}>{name}</span>;
  return (
    <a href={url.replace(/\.git$/, '')} target="_blank" rel="noreferrer" className="hover:text-ink underline">
      {name}
    </a>
  );
}

/** What its own attempts took, of what it may take, and what is left of that. */
function Spent({ workOrder }: { readonly workOrder: WorkOrder }) {
  const { daily_override } = workOrder;
  const now = new Date(useNow()).toISOString();
  const standing = standingOf(workOrder, now);
  const { budget, spent } = standing;
  const left = leftOf([standing]);
  const counted = MEASURES.filter((measure) => spent[measure] > 0 || budget[measure] !== null);
  if (counted.length === 0) return null;
  const rest = MEASURES.flatMap((measure) => {
    const value = left[measure];
    return value === null ? [] : [value > 0 ? `${amount(measure, value)} left` : `no ${NAMES[measure]} left`];
  });
  const isSpent = exhaustedIn([standing]) !== null;
  return (
    <>
      <span className="tabular-nums" title="Of all attempts that have ended, as far as their agents have told it">
        spent {counted.map((measure) => amountOf(measure, spent[measure], budget[measure])).join(' · ')}
      </span>
      {rest.length > 0 && (
        <span className={classNames('tabular-nums', isSpent && 'text-bad font-medium')}>{rest.join(' · ')}</span>
      )}
      {isBeyondDaily(workOrder, now) && (
        <span>budgets of days do not hold it, by {plainLine(daily_override?.by ?? '')}</span>
      )}
    </>
  );
}

const SPENT: Readonly<Record<DailyScope, string>> = {
  repository_day: 'that of the repository for this UTC day is spent',
  service_day: 'that of the service for this UTC day is spent',
};

const NAMES: Readonly<Record<Measure, string>> = { cost_usd: 'money', tokens: 'tokens', minutes: 'time' };
