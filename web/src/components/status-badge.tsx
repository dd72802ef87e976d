import { CircleCheck, CircleDashed, CircleDot, CirclePause, CircleSlash, CircleX } from 'lucide-react';
import type { DailyScope } from '../../../src/domain/budget.ts';
import type { WaitingReason, WorkOrderStatus } from '../../../src/domain/work-order.ts';
import { classNames } from '../ui/class-names.ts';

const LOOKS = {
  pending: { symbol: CircleDashed, style: 'text-idle' },
  running: { symbol: CircleDot, style: 'text-running' },
  waiting: { symbol: CirclePause, style: 'text-waiting' },
  completed: { symbol: CircleCheck, style: 'text-good' },
  failed: { symbol: CircleX, style: 'text-bad' },
  cancelled: { symbol: CircleSlash, style: 'text-idle' },
} satisfies Record<WorkOrderStatus, unknown>;

const WAITS: Readonly<Record<WaitingReason, string>> = {
  approval: 'waits for approval',
  input: 'waits for an answer',
  quota: 'waits for the quota',
  forge: 'waits for the forge',
  disk: 'waits for disk space',
  paused: 'paused',
};

interface StatusBadgeProps {
  readonly status: WorkOrderStatus;
  readonly waitingReason?: WaitingReason | null;
  /** The budget of a day that is waited out. */
  readonly waitingBudget?: DailyScope | null;
}

/** A symbol and a word for where a work order stands. */
export function StatusBadge({ status, waitingReason, waitingBudget }: StatusBadgeProps) {
  const { symbol: Symbol, style } = LOOKS[status];
  return (
    <span className={classNames('inline-flex items-center gap-1.5 font-medium whitespace-nowrap', style)}>
      <Symbol className={classNames('size-4', status === 'running' && 'animate-pulse')} aria-hidden />
      {waitingBudget ? 'waits for a budget' : waitingReason ? WAITS[waitingReason] : status}
    </span>
  );
}
