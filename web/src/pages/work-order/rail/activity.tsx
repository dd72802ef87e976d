import { Ago } from '../../../components/ago.tsx';
import { AgentText } from '../../../components/agent-text.tsx';
import type { RunningStep } from '../use-live-work-order.ts';

/** What a running attempt is doing, and how long ago it gave that sign of life. */
export function Activity({ running }: { readonly running: RunningStep }) {
  const { activity, last_activity_at: at, agent, model } = running;
  return (
    <span className="text-soft pl-6 text-xs">
      <span className="text-ink block truncate">
        {activity === null ? 'nothing heard of it yet' : <AgentText text={activity} />}
      </span>
      <Ago at={at} />
      {agent && ` · ${agent}${model ? ` (${model})` : ''}`}
    </span>
  );
}
