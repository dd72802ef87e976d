import { useQuery } from '@tanstack/react-query';
import type { EndedAttempt } from '../../../../src/domain/step.ts';
import type { WorkOrder } from '../../../../src/domain/work-order.ts';
import { diagnosisQuery } from '../../api/diagnosis.ts';
import { AgentText } from '../../components/agent-text.tsx';
import { stepTitle } from '../../components/format.ts';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { Panel } from '../../ui/panel.tsx';
import type { RemedyWays } from './remedy.tsx';
import { Remedy } from './remedy.tsx';

interface DiagnosisPanelProps extends RemedyWays {
  /** The ended ones, which show themselves why they have failed. */
  readonly attempts: readonly EndedAttempt[];
}

/** Why it stands as it does, by which evidence, and what a person may do. */
export function DiagnosisPanel({ attempts, ...ways }: DiagnosisPanelProps) {
  const { agent_work_order_id: id, last_seq, status, failed_step } = ways.workOrder;
  const { data: diagnosis, error } = useQuery(diagnosisQuery(id, last_seq));
  if (error) return <ProblemNotice error={error} />;
  if (!diagnosis) return null;
  const { summary, reason, evidence, remedies } = diagnosis;
  const isInStep = failed_step !== null && isSaidByStep(ways.workOrder, attempts);
  const shown = isInStep ? remedies.filter(({ command }) => command !== null) : remedies;
  return (
    <Panel aria-label="Why" className={status === 'failed' ? 'border-bad/50! p-3' : 'border-waiting/50! p-3'}>
      <p className="font-medium break-words">
        {isInStep ? `It failed at ${stepTitle(failed_step)}.` : <AgentText text={summary} />}
      </p>
      {reason !== null && !isInStep && <p className="text-soft font-mono text-xs">{reason}</p>}
      {shown.length > 0 && (
        <ul className="mt-2 flex flex-wrap gap-x-6 gap-y-1.5">
          {shown.map((remedy) => (
            <Remedy key={remedy.text} remedy={remedy} {...ways} />
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

/** The box of the failed step has the reason and the next thing to do. */
function isSaidByStep({ status, failed_step, error_message }: WorkOrder, attempts: readonly EndedAttempt[]): boolean {
  const last = attempts.findLast(({ step }) => step === failed_step);
  return status === 'failed' && last !== undefined && last.error_message === error_message;
}
