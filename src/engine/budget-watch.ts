import type { Budget, Exhausted, Standing } from '../domain/budget.ts';
import { exhaustedIn, exhaustedText, isDaily, leftOf, nextDay } from '../domain/budget.ts';
import type { AgentResult } from '../ports/agent.ts';
import type { RunContext } from './run-context.ts';
import { workOrderOf } from './run-context.ts';

/** What others spend at the same time, and a budget that was changed, is noticed after this time. */
const LOOK_EVERY_MS = 10_000;

/**
 * Every budget that holds a work order now, the tightest scope first. Never rejects: while the store cannot be read the
 * workflow goes on, held by what is known without it.
 */
export async function standingsOf(context: RunContext): Promise<readonly Standing[]> {
  const { budgets, log } = context;
  const workOrder = workOrderOf(context);
  const own = budgets.ofWorkOrder(workOrder);
  try {
    return [own, ...(await budgets.daily(workOrder))];
  } catch (err) {
    log.warn('daily_budgets_not_read', { agent_work_order_id: workOrder.agent_work_order_id, err });
    return [own];
  }
}

/** Looks whether something is left of every budget while an agent works, and ends its turn when nothing is. */
export class BudgetWatch implements Disposable {
  readonly #context: RunContext;
  readonly #attempt: Budget;
  readonly #spent = new AbortController();
  readonly #stopped = new AbortController();
  #exhausted: Exhausted | null = null;
  #atBegin: readonly Standing[] = [];

  private constructor(context: RunContext, attempt: Budget) {
    this.#context = context;
    this.#attempt = attempt;
  }

  /** Begins to look at the budgets of an attempt, a work order and the day. */
  static async begin(context: RunContext, attempt: Budget): Promise<BudgetWatch> {
    const watch = new BudgetWatch(context, attempt);
    watch.#atBegin = await watch.look();
    void watch.#lookOn();
    return watch;
  }

  /** What was left when it began; null where there is no limit. */
  get left(): Budget {
    return leftOf(this.#atBegin);
  }

  /** Aborts when a budget is spent. */
  get signal(): AbortSignal {
    return this.#spent.signal;
  }

  async look(): Promise<readonly Standing[]> {
    const { budgets } = this.#context;
    const spent = budgets.ofAttempt(workOrderOf(this.#context));
    const standings = [
      { scope: 'attempt', budget: this.#attempt, spent } as const,
      ...(await standingsOf(this.#context)),
    ];
    this.#exhausted ??= exhaustedIn(standings);
    if (this.#exhausted) this.#spent.abort();
    return standings;
  }

  /** What comes of an agent that is not asked, since nothing is left; null where something is. */
  refusal(): AgentResult | null {
    if (!this.#exhausted) return null;
    return { ok: false, ...this.#failure(this.#exhausted), output: null, sessionId: null, usage: null };
  }

  /**
   * The result of an agent whose usage is counted by now: where it was ended, or has held itself back, for want of a budget
   * it says so.
   */
  async outcome(result: AgentResult): Promise<AgentResult> {
    if (result.ok || this.#context.signal.aborted) return result;
    const { errorCode } = result;
    if (errorCode !== 'cancelled' && errorCode !== 'agent_budget_limit') return result;
    // An account without credit is said in the same code: then our budgets are not spent.
    await this.look();
    return this.#exhausted ? { ...result, ...this.#failure(this.#exhausted) } : result;
  }

  [Symbol.dispose](): void {
    this.#stopped.abort();
  }

  async #lookOn(): Promise<void> {
    let { minutes } = this.left;
    while (!this.#stopped.signal.aborted && !this.#spent.signal.aborted) {
      const restMs = minutes === null ? LOOK_EVERY_MS : Math.min(Math.ceil(minutes * 60_000), LOOK_EVERY_MS);
      await this.#context.clock.sleep(restMs, this.#stopped.signal);
      if (this.#stopped.signal.aborted) return;
      ({ minutes } = leftOf(await this.look()));
    }
  }

  #failure(exhausted: Exhausted) {
    const at = this.#context.clock.now().toISOString();
    return {
      errorCode: exhausted.scope === 'attempt' ? 'agent_budget_limit' : 'budget_exhausted',
      errorMessage: exhaustedText(exhausted),
      resetsAt: isDaily(exhausted.scope) ? nextDay(at) : null,
    } as const;
  }
}
