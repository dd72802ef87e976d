import type { WorkOrderEvent } from '../../../../../src/domain/event.ts';
import { AgentText } from '../../../components/agent-text.tsx';
import { Ago } from '../../../components/ago.tsx';
import { duration } from '../../../components/format.ts';
import { preparationOf } from './preparation-of.ts';

/** What the service did before an agent was asked: it can take minutes, and it can go wrong. */
export function Preparation({ events }: { readonly events: readonly WorkOrderEvent[] }) {
  const { chapters, isReady } = preparationOf(events);
  return (
    <details key={String(isReady)} open={!isReady} className="border-line border-b text-xs">
      <summary className="text-soft px-3 py-1.5">Before the first step</summary>
      <ol className="flex flex-col gap-1 px-3 pb-2">
        {chapters.map(({ seq, text, at, seconds }) => (
          <li key={seq} className="flex gap-2">
            <span className="min-w-0 flex-1 break-words">
              <AgentText text={text} />
            </span>
            <span className="text-soft whitespace-nowrap">
              {seconds === null ? <Ago at={at} /> : duration(seconds)}
            </span>
          </li>
        ))}
      </ol>
    </details>
  );
}
