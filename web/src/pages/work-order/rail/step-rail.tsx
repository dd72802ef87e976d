import { useQuery } from '@tanstack/react-query';
import type { WorkOrder } from '../../../../../src/domain/work-order.ts';
import type { StepName } from '../../../../../src/domain/workflow.ts';
import { usualDurationsQuery } from '../../../api/usual-durations.ts';
import { classNames } from '../../../ui/class-names.ts';
import { Panel } from '../../../ui/panel.tsx';
import type { LiveWorkOrder } from '../use-live-work-order.ts';
import { Preparation } from './preparation.tsx';
import { StepRow } from './step-row.tsx';

interface StepRailProps {
  readonly workOrder: WorkOrder;
  readonly live: LiveWorkOrder;
  /** The step whose log and diff are shown; null for all. */
  readonly selected: StepName | null;
  readonly onSelect: (step: StepName | null) => void;
}

/** The steps from the first to the last, each with where it stands; choosing one shows its log and diff. */
export function StepRail({ workOrder, live, selected, onSelect }: StepRailProps) {
  const { data: usual } = useQuery(usualDurationsQuery(workOrder.agent_work_order_id));
  const { attempts, running, events } = live;
  return (
    <Panel aria-label="Steps" className="overflow-hidden">
      <div className="border-line flex items-center justify-between border-b px-3 py-2">
        <h2 className="font-semibold">Steps</h2>
        <button
          type="button"
          aria-pressed={selected === null}
          onClick={() => onSelect(null)}
          className={classNames('rounded px-2 py-0.5', selected === null ? 'bg-accent-wash text-accent' : 'text-soft')}
        >
          All steps
        </button>
      </div>
      <Preparation events={events} />
      <ol className="divide-line divide-y">
        {workOrder.steps.map((state) => (
          <StepRow
            key={state.step}
            state={state}
            attempts={attempts.filter(({ step }) => step === state.step)}
            running={running?.step === state.step ? running : null}
            usual={usual?.usual_durations.find(({ step }) => step === state.step) ?? null}
            isFailure={workOrder.status === 'failed' && workOrder.failed_step === state.step}
            isSelected={selected === state.step}
            onSelect={() => onSelect(state.step)}
          />
        ))}
      </ol>
    </Panel>
  );
}
