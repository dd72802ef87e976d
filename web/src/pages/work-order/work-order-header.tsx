import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { WorkOrder } from '../../../../src/domain/work-order.ts';
import { Ago } from '../../components/ago.tsx';
import { AgentText } from '../../components/agent-text.tsx';
import { cost, duration, repositoryName, short } from '../../components/format.ts';
import { StatusBadge } from '../../components/status-badge.tsx';
import { useNow } from '../../hooks/use-now.ts';
import type { LiveWorkOrder, ShownAttempt } from './use-live-work-order.ts';

interface WorkOrderHeaderProps {
  readonly workOrder: WorkOrder;
  readonly live: LiveWorkOrder;
  /** What can be done. */
  readonly children: ReactNode;
}

export function WorkOrderHeader({ workOrder, live, children }: WorkOrderHeaderProps) {
  const { agent_work_order_id: id, user_request, repository_url, agent, model, forked_from, outcome } = workOrder;
  const { status, waiting_reason, waiting_until, created_at, updated_at } = workOrder;
  return (
    <header className="flex flex-col gap-2">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <h1 className="line-clamp-3 min-w-0 flex-1 basis-80 text-lg font-semibold break-words" title={user_request}>
          <AgentText text={user_request} />
        </h1>
        {children}
      </div>
      <p className="text-soft flex flex-wrap items-center gap-x-3 gap-y-1">
        <StatusBadge status={status} waitingReason={waiting_reason} />
        {waiting_until !== null && <Until at={waiting_until} />}
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
        <Spent attempts={live.attempts} />
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

/** What all its attempts took; what a fork has inherited is not its own. */
function Spent({ attempts }: { readonly attempts: readonly ShownAttempt[] }) {
  const own = attempts.filter(({ inherited_from }) => inherited_from === undefined);
  const seconds = own.reduce((sum, { duration_seconds }) => sum + duration_seconds, 0);
  const tokens = own.reduce((sum, { usage }) => sum + (usage?.input_tokens ?? 0) + (usage?.output_tokens ?? 0), 0);
  const dollars = own.reduce((sum, { usage }) => sum + (usage?.cost_usd ?? 0), 0);
  const figures = [
    `${duration(seconds)} of work`,
    tokens > 0 && `${short(tokens)} tokens`,
    dollars > 0 && cost(dollars),
  ];
  return own.length > 0 ? <span className="tabular-nums">{figures.filter(Boolean).join(' · ')}</span> : null;
}
