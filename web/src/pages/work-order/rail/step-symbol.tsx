import { Circle, CircleCheck, CircleDot, CircleMinus, CircleSlash, CircleX, RotateCcw } from 'lucide-react';
import type { StepState } from '../../../../../src/domain/work-order.ts';
import { classNames } from '../../../ui/class-names.ts';

const LOOKS = {
  pending: { symbol: Circle, style: 'text-idle', word: 'not begun' },
  running: { symbol: CircleDot, style: 'text-running animate-pulse', word: 'running' },
  succeeded: { symbol: CircleCheck, style: 'text-good', word: 'succeeded' },
  failed: { symbol: CircleX, style: 'text-bad', word: 'failed' },
  interrupted: { symbol: RotateCcw, style: 'text-waiting', word: 'interrupted' },
  cancelled: { symbol: CircleSlash, style: 'text-idle', word: 'cancelled' },
  skipped: { symbol: CircleMinus, style: 'text-idle', word: 'skipped' },
} satisfies Record<StepState['status'], unknown>;

interface StepSymbolProps {
  readonly status: StepState['status'];
  readonly small?: boolean;
}

/** Where a step or an attempt stands: a symbol for the eye, a word for the ear. */
export function StepSymbol({ status, small = false }: StepSymbolProps) {
  const { symbol: Symbol, style, word } = LOOKS[status];
  return (
    <span className={classNames('shrink-0', style)} title={word}>
      <Symbol className={small ? 'size-3' : 'size-4'} aria-hidden />
      <span className="sr-only">{word}</span>
    </span>
  );
}
