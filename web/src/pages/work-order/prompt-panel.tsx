import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useState } from 'react';
import type { StepName } from '../../../../src/domain/workflow.ts';
import type { WorkOrderId } from '../../../../src/domain/ids.ts';
import { promptPath, promptQuery } from '../../api/documents.ts';
import { AgentText } from '../../components/agent-text.tsx';
import { stepTitle } from '../../components/format.ts';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { buttonClass } from '../../ui/button.tsx';
import { Panel } from '../../ui/panel.tsx';
import type { LiveWorkOrder } from './use-live-work-order.ts';

interface Prompted {
  readonly step: StepName;
  readonly attempt: number;
  readonly bytes: number;
  /** The number of the attempt in the step history, from 1. */
  readonly place: number;
  /** The attempt whose unfinished work it goes on with; null where it begins anew. */
  readonly continued: number | null;
}

interface PromptPanelProps {
  readonly id: WorkOrderId;
  readonly live: LiveWorkOrder;
  readonly step: StepName | null;
}

/** Exactly what an agent was asked, by attempt. */
export function PromptPanel({ id, live, step }: PromptPanelProps) {
  const [chosen, setChosen] = useState<number | null>(null);
  const prompted = promptedIn(live).filter((prompt) => step === null || prompt.step === step);
  const shown = prompted.find(({ place }) => place === chosen) ?? prompted.at(-1);
  if (!shown) {
    const where = step === null ? '' : ` in ${stepTitle(step)}`;
    return <Panel className="text-soft p-8 text-center">No agent was asked{where}; most steps ask none.</Panel>;
  }
  return (
    <Panel aria-label="Prompt">
      <div className="border-line flex flex-wrap items-center gap-3 border-b px-3 py-2">
        <label className="flex items-center gap-1.5">
          Attempt
          <select
            className="bg-surface border-line-strong rounded-md border px-1.5 py-0.5"
            value={shown.place}
            onChange={(event) => setChosen(Number(event.currentTarget.value))}
          >
            {prompted.map(({ step: of, attempt, place }) => (
              <option key={place} value={place}>
                {stepTitle(of)}, attempt {attempt}
              </option>
            ))}
          </select>
        </label>
        {shown.continued !== null && (
          <span className="text-soft">on top of what attempt {shown.continued} has made</span>
        )}
        <a
          className={`${buttonClass('quiet')} ml-auto`}
          href={promptPath(id, shown.place)}
          download={`${id}-${shown.step}-${shown.attempt}-prompt.md`}
        >
          <Download aria-hidden />
          <span className="sr-only">Download this prompt</span>
        </a>
      </div>
      <PromptText id={id} prompt={shown} />
    </Panel>
  );
}

function PromptText({ id, prompt }: { readonly id: WorkOrderId; readonly prompt: Prompted }) {
  const { data: text, error } = useQuery(promptQuery(id, prompt.place, prompt.bytes));
  if (error) return <ProblemNotice error={error} />;
  if (text === undefined) return <p className="text-soft p-4">Loading …</p>;
  return (
    <pre
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by keyboard
      tabIndex={0}
      className="max-h-[75dvh] overflow-auto p-4 font-mono text-xs leading-relaxed break-words whitespace-pre-wrap"
    >
      <AgentText text={text} />
    </pre>
  );
}

/** The attempts that have asked an agent, each once, in order. Saved ones come first in the step history. */
function promptedIn({ events, attempts, workOrder }: LiveWorkOrder): readonly Prompted[] {
  const saved = attempts.filter(({ durable }) => durable);
  const running = workOrder?.in_progress;
  const history = [...saved, ...(running ? [running] : [])];
  return history.flatMap(({ step, attempt }, index): readonly Prompted[] => {
    const turns = events.flatMap(({ type, data }) =>
      type === 'attempt_prompted' && data.step === step && data.attempt === attempt ? [data] : [],
    );
    const bytes = turns.reduce((sum, turn) => sum + turn.bytes, 0);
    const continued = turns[0]?.continued_attempt ?? null;
    return turns.length > 0 ? [{ step, attempt, bytes, place: index + 1, continued }] : [];
  });
}
