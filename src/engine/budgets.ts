import type { Budget, Spending, Standing } from '../domain/budget.ts';
import {
  NOTHING_SPENT,
  NO_LIMITS,
  addSpending,
  budgetOf,
  dayOf,
  isBeyondDaily,
  spendingOf,
  standingOf,
} from '../domain/budget.ts';
import type { WorkOrderId } from '../domain/ids.ts';
import { repositoryKey } from '../domain/known-repository.ts';
import type { Usage } from '../domain/step.ts';
import type { WorkOrder } from '../domain/work-order.ts';
import type { Agent } from '../ports/agent.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';

/** Budgets that the configuration sets; null sets none. */
export interface BudgetSettings {
  /** Of each work order that has none of its own. */
  readonly workOrder: Budget | null;
  /** Of each repository that has none of its own, on one UTC day. */
  readonly repositoryDay: Budget | null;
  /** Of everything on one UTC day. */
  readonly serviceDay: Budget | null;
}

/** A budget as a configuration names it. */
interface ConfiguredBudget {
  readonly costUsd?: number | undefined;
  readonly tokens?: number | undefined;
  readonly minutes?: number | undefined;
}

/** The settings out of a configuration. */
export function budgetSettingsOf(configured: {
  readonly workOrderBudget: ConfiguredBudget | null;
  readonly repositoryDailyBudget: ConfiguredBudget | null;
  readonly dailyBudget: ConfiguredBudget | null;
}): BudgetSettings {
  const of = (budget: ConfiguredBudget | null) => budget && budgetOf({ ...budget, cost_usd: budget.costUsd });
  return {
    workOrder: of(configured.workOrderBudget),
    repositoryDay: of(configured.repositoryDailyBudget),
    serviceDay: of(configured.dailyBudget),
  };
}

/** An attempt that runs now. */
interface RunningSpending {
  readonly repositoryKey: string;
  readonly begunMs: number;
  usage: Usage | null;
}

/** What may be spent and what has been: by ended attempts out of the store, by running ones as far as they have told. */
export class Budgets {
  readonly #store: Pick<Store, 'dailySpending' | 'repositoryOf'>;
  readonly #clock: Clock;
  readonly settings: BudgetSettings;
  readonly #running = new Map<WorkOrderId, RunningSpending>();

  constructor(input: {
    readonly store: Pick<Store, 'dailySpending' | 'repositoryOf'>;
    readonly clock: Clock;
    readonly settings: BudgetSettings;
  }) {
    this.#store = input.store;
    this.#clock = input.clock;
    this.settings = input.settings;
  }

  /** An attempt of this work order runs from now on. */
  begin({ agent_work_order_id: id, repository_url }: WorkOrder): void {
    const begunMs = this.#clock.monotonicMs();
    this.#running.set(id, { repositoryKey: repositoryKey(repository_url), begunMs, usage: null });
  }

  /** All that its running attempt has used so far. */
  use(id: WorkOrderId, usage: Usage | null): void {
    const running = this.#running.get(id);
    if (running) running.usage = usage;
  }

  /** What its running attempt is known to have used; null for nothing. */
  used({ agent_work_order_id: id }: WorkOrder): Usage | null {
    return this.#running.get(id)?.usage ?? null;
  }

  /** Before the attempt is recorded: it would else be counted twice for a moment. */
  end({ agent_work_order_id: id }: WorkOrder): void {
    this.#running.delete(id);
  }

  /** What the running attempt of a work order has spent. */
  ofAttempt({ agent_work_order_id: id }: WorkOrder): Spending {
    const running = this.#running.get(id);
    return running ? this.#spentBy(running) : NOTHING_SPENT;
  }

  ofWorkOrder(workOrder: WorkOrder): Standing {
    const own = standingOf(workOrder, this.#now());
    return { ...own, spent: addSpending(own.spent, this.ofAttempt(workOrder)) };
  }

  /** The budgets of this UTC day that hold a work order. Rejects with `store_unavailable`. */
  async daily(workOrder: WorkOrder): Promise<readonly Standing[]> {
    return isBeyondDaily(workOrder, this.#now()) ? [] : this.ofDay(workOrder.repository_url);
  }

  /** The budgets of this UTC day, of a repository and of everything. Rejects with `store_unavailable`. */
  async ofDay(repositoryUrl: string): Promise<readonly [repository: Standing, service: Standing]> {
    const known = await this.#store.repositoryOf({ repositoryUrl });
    const day = dayOf(this.#now());
    const { repository, service } = await this.#store.dailySpending({ day, repositoryUrl });
    const key = repositoryKey(repositoryUrl);
    const running = [...this.#running.values()];
    const there = running.filter((attempt) => attempt.repositoryKey === key);
    return [
      {
        scope: 'repository_day',
        budget: known?.daily_budget ?? this.settings.repositoryDay ?? NO_LIMITS,
        spent: this.#with(repository, there),
      },
      { scope: 'service_day', budget: this.settings.serviceDay ?? NO_LIMITS, spent: this.#with(service, running) },
    ];
  }

  #now(): string {
    return this.#clock.now().toISOString();
  }

  #with(spent: Spending, running: readonly RunningSpending[]): Spending {
    return running.reduce((sum, attempt) => addSpending(sum, this.#spentBy(attempt)), spent);
  }

  #spentBy({ usage, begunMs }: RunningSpending): Spending {
    return spendingOf(usage, (this.#clock.monotonicMs() - begunMs) / 1_000);
  }
}

/** What a budget limits and an agent does not tell; empty where the budget holds. */
export function uncountedBy({ tells }: Pick<Agent, 'tells'>, { cost_usd, tokens }: Budget) {
  return [
    ...(cost_usd !== null && !tells.cost ? [{ measure: 'cost_usd', what: 'what it costs' } as const] : []),
    ...(tokens !== null && !tells.tokens ? [{ measure: 'tokens', what: 'how many tokens it uses' } as const] : []),
  ];
}
