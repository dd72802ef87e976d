import type { Budget, Measure } from '../../../src/domain/budget.ts';
import { MEASURES } from '../../../src/domain/budget.ts';

/** A budget as it is typed in; what is empty names no limit. */
export type BudgetText = Readonly<Record<Measure, string>>;

export const NO_BUDGET_TEXT: BudgetText = { cost_usd: '', tokens: '', minutes: '' };

export function budgetTextOf(budget: Budget | null): BudgetText {
  const text = (measure: Measure): string => String(budget?.[measure] ?? '');
  return { cost_usd: text('cost_usd'), tokens: text('tokens'), minutes: text('minutes') };
}

/** The limits that are named. What is no number goes as it is: the service says at its field what it wants. */
export function limitsOf(text: BudgetText): Partial<Record<Measure, number>> {
  const named = MEASURES.flatMap((measure) => {
    const typed = text[measure].trim();
    return typed === '' ? [] : [[measure, Number.isFinite(Number(typed)) ? Number(typed) : typed]];
  });
  return Object.fromEntries(named);
}

/** The same where nothing named is no budget. */
export function budgetIn(text: BudgetText): Partial<Record<Measure, number>> | null {
  const limits = limitsOf(text);
  return Object.keys(limits).length > 0 ? limits : null;
}
