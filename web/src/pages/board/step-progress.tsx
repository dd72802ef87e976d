import type { WorkOrderView } from '../../../../src/contract/work-order.ts';
import { duration, stepTitle } from '../../components/format.ts';
import { useNow } from '../../hooks/use-now.ts';
import { classNames } from '../../ui/class-names.ts';

type Place = 'done' | 'current' | 'open';

/** How far a work order is: a mark a step, and in words the step that it is at. */
export function StepProgress({ workOrder }: { readonly workOrder: WorkOrderView }) {
  const { steps_total: total, steps_completed: done, current_step: step } = workOrder.progress;
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <div className="flex gap-0.5" aria-hidden>
        {Array.from({ length: total }, (_, index) => (
          <span
            key={index}
            className={classNames('h-1.5 w-4 rounded-xs', lookOf(placeOf(index, workOrder), workOrder))}
          />
        ))}
      </div>
      <p className="text-soft truncate text-xs tabular-nums">
        {step === null || workOrder.status === 'completed' ? (
          `${done} of ${total} steps`
        ) : (
          <>
            {done} of {total} · {stepTitle(step)} <RunningFor workOrder={workOrder} />
          </>
        )}
      </p>
    </div>
  );
}

/** How long the attempt goes on, and the how-manieth it is beyond the first. */
function RunningFor({ workOrder: { progress } }: { readonly workOrder: WorkOrderView }) {
  const now = useNow();
  if (progress.step_started_at === null) return null;
  const seconds = Math.max(0, Math.floor((now - Date.parse(progress.step_started_at)) / 1_000));
  return (
    <>
      · {seconds < 10 ? `${seconds} s` : duration(seconds)}
      {progress.attempt !== null && progress.attempt > 1 && ` · attempt ${progress.attempt}`}
    </>
  );
}

function placeOf(index: number, { progress, status }: WorkOrderView): Place {
  if (index < progress.steps_completed) return 'done';
  return index === progress.steps_completed && status !== 'completed' ? 'current' : 'open';
}

function lookOf(place: Place, { status }: WorkOrderView): string {
  if (place === 'open') return 'bg-line';
  if (place === 'done') return status === 'cancelled' ? 'bg-idle' : 'bg-good';
  switch (status) {
    case 'running':
      return 'bg-running animate-pulse';
    case 'waiting':
      return 'bg-waiting';
    case 'failed':
      return 'bg-bad';
    default:
      return 'bg-line-strong';
  }
}
