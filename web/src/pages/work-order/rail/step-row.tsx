import type { UsualDurationsView } from '../../../../../src/contract/usual-durations.ts';
import type { StepState } from '../../../../../src/domain/work-order.ts';
import { cost, count, duration, short, stepTitle } from '../../../components/format.ts';
import { useNow } from '../../../hooks/use-now.ts';
import { classNames } from '../../../ui/class-names.ts';
import type { RunningStep, ShownAttempt } from '../use-live-work-order.ts';
import { Activity } from './activity.tsx';
import { AttemptEvidence } from './attempt-evidence.tsx';
import { StepSymbol } from './step-symbol.tsx';

type Usual = UsualDurationsView['usual_durations'][number];

interface StepRowProps {
  readonly state: StepState;
  /** The ended ones of this step, in order. */
  readonly attempts: readonly ShownAttempt[];
  readonly running: RunningStep | null;
  readonly usual: Usual | null;
  /** True for the step that has failed the work order: it opens itself. */
  readonly isFailure: boolean;
  readonly isSelected: boolean;
  readonly onSelect: () => void;
}

export function StepRow({ state, attempts, running, usual, isFailure, isSelected, onSelect }: StepRowProps) {
  const last = attempts.at(-1) ?? null;
  const isUnsaved = running ? !running.durable : last?.durable === false;
  const status = running ? 'running' : last && isUnsaved ? last.status : state.status;
  const tries = attempts.length + (running ? 1 : 0);
  return (
    <li className={classNames(isSelected && 'bg-accent-wash')}>
      <button
        type="button"
        aria-current={isSelected ? 'step' : undefined}
        onClick={onSelect}
        className="flex w-full flex-col gap-0.5 px-3 py-2 text-left -outline-offset-2"
      >
        <span className="flex w-full items-center gap-2">
          <StepSymbol status={status} />
          <span className={classNames('font-medium', status === 'pending' && 'text-soft')}>
            {stepTitle(state.step)}
          </span>
          {tries > 1 && <AttemptMarks attempts={attempts} running={running} />}
          <span className="ml-auto tabular-nums whitespace-nowrap">
            {running ? <Running since={running.started_at} usual={usual} /> : last && <Lasted attempt={last} />}
          </span>
        </span>
        <Figures attempts={attempts} usual={usual} isOpen={!last && !running} />
        {running && <Activity running={running} />}
        {isUnsaved && <span className="text-waiting text-xs">not yet saved: the store refuses it for now</span>}
      </button>
      {isFailure && last && <AttemptEvidence attempt={last} />}
      {!isFailure && isSelected && last && (last.checks?.length > 0 || !last.success) && (
        <AttemptEvidence attempt={last} />
      )}
    </li>
  );
}

function AttemptMarks({ attempts, running }: Pick<StepRowProps, 'attempts' | 'running'>) {
  return (
    <span className="flex items-center gap-0.5">
      <span className="sr-only">attempts:</span>
      {attempts.map(({ attempt, status }) => (
        <StepSymbol key={attempt} status={status} small />
      ))}
      {running && <StepSymbol status="running" small />}
    </span>
  );
}

function Lasted({ attempt }: { readonly attempt: ShownAttempt }) {
  if (attempt.inherited_from !== undefined) return <span className="text-soft text-xs">inherited</span>;
  return <>{duration(attempt.duration_seconds)}</>;
}

/** More than twice the usual, and by more than a moment: worth a look. */
function isLong(seconds: number, usual: Usual | null): boolean {
  return usual !== null && seconds > 2 * usual.median_seconds && seconds - usual.median_seconds > 10;
}

function Running({ since, usual }: { readonly since: string; readonly usual: Usual | null }) {
  const seconds = Math.max(0, (useNow() - Date.parse(since)) / 1_000);
  const isSlow = isLong(seconds, usual);
  return (
    <span className={isSlow ? 'text-waiting' : undefined}>
      {duration(Math.floor(seconds))}
      {isSlow && <span className="text-xs"> longer than usual</span>}
    </span>
  );
}

/** What all attempts at a step took of the model, and how long it usually takes. */
function Figures({ attempts, usual, isOpen }: Pick<StepRowProps, 'attempts' | 'usual'> & { readonly isOpen: boolean }) {
  const usages = attempts.flatMap(({ usage }) => (usage ? [usage] : []));
  const tokens = usages.reduce((sum, usage) => sum + (usage.input_tokens ?? 0) + (usage.output_tokens ?? 0), 0);
  const dollars = usages.reduce((sum, { cost_usd }) => sum + (cost_usd ?? 0), 0);
  const figures = [
    tokens > 0 && `${short(tokens)} tokens`,
    dollars > 0 && cost(dollars),
    usual && (isOpen || usual.median_seconds >= 1) && `usually ${duration(usual.median_seconds)}`,
  ].filter((figure) => typeof figure === 'string');
  if (figures.length === 0) return null;
  const of = usual?.of === 'everywhere' ? 'with this agent in any repository' : 'in this repository';
  return (
    <span
      className="text-soft pl-6 text-xs"
      title={usual ? `The median of ${count(usual.attempts, 'successful attempt')} ${of}` : undefined}
    >
      {figures.join(' · ')}
    </span>
  );
}
