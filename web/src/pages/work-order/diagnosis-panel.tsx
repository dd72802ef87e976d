import { useQuery } from '@tanstack/react-query';
import type { WorkOrder } from '../../../../src/domain/work-order.ts';
import { diagnosisQuery } from '../../api/diagnosis.ts';
import { AgentText } from '../../components/agent-text.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { Panel } from '../../ui/panel.tsx';

/** Why it stands as it does, by which evidence, and what a person may do. */
export function DiagnosisPanel({ workOrder }: { readonly workOrder: WorkOrder }) {
  const { agent_work_order_id: id, last_seq, status } = workOrder;
  const { data: diagnosis, error } = useQuery(diagnosisQuery(id, last_seq));
  if (error) return <ProblemNotice error={error} />;
  if (!diagnosis) return null;
  const { summary, reason, evidence, remedies } = diagnosis;
  return (
    <Panel aria-label="Why" className={status === 'failed' ? 'border-bad/50 p-3' : 'border-waiting/50 p-3'}>
      <p className="font-medium break-words">
        <AgentText text={summary} />
      </p>
      {reason !== null && <p className="text-soft font-mono text-xs">{reason}</p>}
      {remedies.length > 0 && (
        <ul className="mt-2 flex flex-col gap-0.5">
          {remedies.map(({ text, command }) => (
            <li key={text}>
              {text} {command !== null && <code className="bg-raised rounded px-1 font-mono text-xs">{command}</code>}
            </li>
          ))}
        </ul>
      )}
      {evidence.length > 0 && (
        <details className="mt-2">
          <summary className="text-soft">Evidence</summary>
          <dl className="mt-2 flex flex-col gap-2">
            {evidence.map(({ what, text, source }, place) => (
              // oxlint-disable-next-line react/no-array-index-key -- nothing else tells two complaints of the log apart
              <div key={`${source} ${place}`}>
                <dt className="text-soft text-xs">{what}</dt>
                <dd className="font-mono text-xs break-words whitespace-pre-wrap">
                  <AgentText text={text} />
                </dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </Panel>
  );
}
