import type { BudgetedWorkOrder } from '../../../../src/domain/budget.ts';
import { budgetAt, standingText } from '../../../../src/domain/budget.ts';
import { amountOf } from '../../components/amount.ts';
import { useNow } from '../../hooks/use-now.ts';

/** What a work order has cost, else its tokens, with the limit; all that is counted on demand. */
export function RowSpending({ workOrder }: { readonly workOrder: BudgetedWorkOrder }) {
  const budget = budgetAt(workOrder, new Date(useNow()).toISOString());
  const { spent } = workOrder;
  const measure = (['cost_usd', 'tokens'] as const).find((name) => spent[name] > 0 || budget[name] !== null);
  if (measure === undefined) return null;
  const whole = `Spent ${standingText({ budget, spent })}`;
  return (
    <span className="relative z-10 tabular-nums" title={whole}>
      <span aria-hidden>{amountOf(measure, spent[measure], budget[measure])}</span>
      <span className="sr-only">{whole}</span>
    </span>
  );
}
