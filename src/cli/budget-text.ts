import type { WorkOrderView } from '../contract/work-order.ts';
import type { Budget } from '../domain/budget.ts';
import { MEASURES, amountText, limitsText } from '../domain/budget.ts';
import { formatDateTime } from './format.ts';

/** The lines of a work order about money, for whoever shows it. */
export function budgetFacts({ budget, budget_override, daily_override, spent, budget_left }: WorkOrderView) {
  return [
    ['Budget', budget && limitsText(budget)],
    [
      'Until',
      budget_override &&
        `${formatDateTime(budget_override.until)}: ${limitsText(budget_override.budget)}, by ${budget_override.by}`,
    ],
    ['Spent', MEASURES.map((measure) => amountText(measure, spent[measure])).join(', ')],
    ['Left', leftText(budget_left)],
    [
      'Days',
      daily_override &&
        `budgets of days do not hold it${daily_override.until ? ` until ${formatDateTime(daily_override.until)}` : ''}, by ${daily_override.by}`,
    ],
  ] as const;
}

/** Null where nothing is limited. */
export function leftText(left: Budget): string | null {
  return MEASURES.some((measure) => left[measure] !== null) ? limitsText(left) : null;
}
