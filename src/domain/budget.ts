import type { EndedAttempt, Usage } from './step.ts';

/** What is counted: US dollars, tokens (input and output), and minutes of attempts, not of waiting. */
export const MEASURES = ['cost_usd', 'tokens', 'minutes'] as const;
export type Measure = (typeof MEASURES)[number];

/** What may be spent; null sets no limit. */
export type Budget = Readonly<Record<Measure, number | null>>;
/** What has been spent, as far as it is known. */
export type Spending = Readonly<Record<Measure, number>>;

/** What a budget is for. A day is one of UTC. */
export type BudgetScope = 'attempt' | 'work_order' | DailyScope;
export type DailyScope = 'repository_day' | 'service_day';

/** Limits that count in place of the budget of a work order until a time. */
export interface BudgetOverride {
  readonly budget: Budget;
  readonly until: string;
  readonly by: string;
}

/** A work order that may go on although the budget of a day is spent. */
export interface DailyOverride {
  /** Null for the rest of its life. */
  readonly until: string | null;
  readonly by: string;
}

/** A budget beside what has been spent of it. */
export interface Standing {
  readonly scope: BudgetScope;
  readonly budget: Budget;
  readonly spent: Spending;
}

/** A budget of which nothing is left. */
export interface Exhausted {
  readonly scope: BudgetScope;
  readonly measure: Measure;
  readonly limit: number;
  readonly spent: number;
}

export const NO_LIMITS: Budget = { cost_usd: null, tokens: null, minutes: null };
export const NOTHING_SPENT: Spending = { cost_usd: 0, tokens: 0, minutes: 0 };

/** What is smaller is a rounding error of sums, not money. */
const SMALLEST = 1e-6;

/** The limits out of what somebody has named; null when that is nothing. */
export function budgetOf(named: { readonly [Name in Measure]?: number | null | undefined }): Budget | null {
  const { cost_usd = null, tokens = null, minutes = null } = named;
  return cost_usd === null && tokens === null && minutes === null ? null : { cost_usd, tokens, minutes };
}

export function spendingOf(usage: Usage | null, seconds: number): Spending {
  return {
    cost_usd: usage?.cost_usd ?? 0,
    tokens: (usage?.input_tokens ?? 0) + (usage?.output_tokens ?? 0),
    minutes: seconds / 60,
  };
}

export function addSpending(a: Spending, b: Spending): Spending {
  return {
    cost_usd: exact(a.cost_usd + b.cost_usd),
    tokens: a.tokens + b.tokens,
    minutes: exact(a.minutes + b.minutes),
  };
}

/** Without the dust of binary fractions. */
function exact(value: number): number {
  return Number(value.toFixed(6));
}

/** What a work order has spent after one more attempt. */
export function spentAfter(
  spent: Spending,
  { usage, duration_seconds }: Pick<EndedAttempt, 'usage' | 'duration_seconds'>,
): Spending {
  return addSpending(spent, spendingOf(usage, duration_seconds));
}

/** What holds a work order after a change. One without an end counts in the place of all that was said before. */
export function budgetsAfter(
  change: {
    readonly budget: Budget | null;
    readonly beyond_daily: boolean | null;
    readonly by: string;
    readonly until: string | null;
  },
  budget_changed_at: string,
): Partial<BudgetedWorkOrder> & { readonly budget_changed_at: string } {
  const { budget, beyond_daily, by, until } = change;
  return {
    budget_changed_at,
    ...(budget && (until === null ? { budget, budget_override: null } : { budget_override: { budget, until, by } })),
    ...(beyond_daily === null ? {} : { daily_override: beyond_daily ? { until, by } : null }),
  };
}

/** What says of a work order what it may spend. */
export interface BudgetedWorkOrder {
  readonly budget: Budget | null;
  readonly budget_override: BudgetOverride | null;
  readonly daily_override: DailyOverride | null;
  readonly spent: Spending;
}

/** The limits of a work order that count at a time. */
export function budgetAt({ budget, budget_override: other }: BudgetedWorkOrder, at: string): Budget {
  return (other !== null && at < other.until ? other.budget : budget) ?? NO_LIMITS;
}

/** Whether budgets of days do not hold a work order at a time. */
export function isBeyondDaily({ daily_override: other }: BudgetedWorkOrder, at: string): boolean {
  return other !== null && (other.until === null || at < other.until);
}

export function standingOf(workOrder: BudgetedWorkOrder, at: string): Standing {
  return { scope: 'work_order', budget: budgetAt(workOrder, at), spent: workOrder.spent };
}

/** The first of the budgets of which nothing is left; null when something is left of each. */
export function exhaustedIn(standings: readonly Standing[]): Exhausted | null {
  for (const { scope, budget, spent } of standings) {
    for (const measure of MEASURES) {
      const limit = budget[measure];
      if (limit !== null && spent[measure] > limit - SMALLEST) return { scope, measure, limit, spent: spent[measure] };
    }
  }
  return null;
}

/** A limit that leaves room again where one is spent: twice as much, in whole units. */
export function raisedLimit({ limit, spent }: Exhausted): number {
  return Math.ceil(Math.max(limit, spent) * 2);
}

/** What is left of the tightest of the budgets, by measure; null where none sets a limit. */
export function leftOf(standings: readonly Standing[]): Budget {
  const left = (measure: Measure) =>
    standings.reduce<number | null>((least, { budget, spent }) => {
      const limit = budget[measure];
      if (limit === null) return least;
      return Math.min(least ?? Infinity, Math.max(0, exact(limit - spent[measure])));
    }, null);
  return { cost_usd: left('cost_usd'), tokens: left('tokens'), minutes: left('minutes') };
}

/** The UTC day of a time, `2026-11-25`. */
export function dayOf(time: string): string {
  return time.slice(0, 'YYYY-MM-DD'.length);
}

/** When the next UTC day begins. */
export function nextDay(time: string): string {
  const midnight = new Date(`${dayOf(time)}T00:00:00.000Z`);
  midnight.setUTCDate(midnight.getUTCDate() + 1);
  return midnight.toISOString();
}

export function isDaily(scope: BudgetScope): scope is DailyScope {
  return scope === 'repository_day' || scope === 'service_day';
}

const OF_SCOPE: Readonly<Record<BudgetScope, string>> = {
  attempt: 'an attempt',
  work_order: 'the work order',
  repository_day: 'the repository for this UTC day',
  service_day: 'the service for this UTC day',
};

/** One sentence for a person. */
export function exhaustedText({ scope, measure, limit, spent }: Exhausted): string {
  return `The budget of ${OF_SCOPE[scope]} is spent: ${amountText(measure, spent)} of ${amountText(measure, limit)}.`;
}

/** `$2.00`, `120000 tokens`, `12.5 min`. */
export function amountText(measure: Measure, amount: number): string {
  switch (measure) {
    case 'cost_usd':
      return `$${amount.toFixed(amount !== 0 && amount < 0.01 ? 6 : 2)}`;
    case 'tokens':
      return `${amount} tokens`;
    case 'minutes':
      return `${Number(amount.toFixed(amount < 1 ? 3 : 1))} min`;
  }
}

/** `$2.00, 90 min`. */
export function limitsText(budget: Budget): string {
  const limits = MEASURES.flatMap((measure) => {
    const limit = budget[measure];
    return limit === null ? [] : [amountText(measure, limit)];
  });
  return limits.join(', ') || 'no limit';
}

/** What was spent, with the limits that there are: `$0.50 of $2.00, 1200 tokens, 3.5 min`. */
export function standingText({ budget, spent }: Pick<Standing, 'budget' | 'spent'>): string {
  return MEASURES.map((measure) => {
    const limit = budget[measure];
    return amountText(measure, spent[measure]) + (limit === null ? '' : ` of ${amountText(measure, limit)}`);
  }).join(', ');
}
