import { expect, test } from 'vitest';
import type { WorkOrderId } from '../domain/ids.ts';
import { decide } from '../domain/decide.ts';
import { NOTHING_SPENT } from '../domain/budget.ts';
import { evolve } from '../domain/project.ts';
import type { WorkOrder } from '../domain/work-order.ts';
import { Budgets, uncountedBy } from './budgets.ts';

const AT = '2026-11-25T12:00:00.000Z';
const TEN_TOKENS = { cost_usd: null, tokens: 10, minutes: null };

function aWorkOrder(id: WorkOrderId, repository_url: string): WorkOrder {
  const request = {
    repository_url,
    user_request: 'Add dark mode',
    workflow_type: 'agent_workflow_plan',
    sandbox_type: 'git_worktree',
    github_issue_number: null,
    agent: 'demo',
    agent_chosen_by: 'request',
    repository_defaults: null,
    step_agents: {},
    model: null,
    base_branch: null,
    approvals: [],
  } as const;
  const [created] = decide({ type: 'create', at: AT, request, confinement: null }, null);
  if (!created) throw new Error('nothing was made');
  return evolve(null, created, id);
}

function someBudgets() {
  let minutes = 0;
  return {
    pass: (more: number) => (minutes += more),
    budgets: new Budgets({
      store: {
        repositoryOf: () => Promise.resolve(null),
        dailySpending: () => Promise.resolve({ repository: NOTHING_SPENT, service: NOTHING_SPENT }),
      },
      clock: {
        now: () => new Date(AT),
        monotonicMs: () => minutes * 60_000,
        sleep: () => Promise.resolve(),
      },
      settings: { workOrder: null, repositoryDay: TEN_TOKENS, serviceDay: null },
    }),
  };
}

test('running attempts are counted for their own work order, for their repository and for the day', async () => {
  const { budgets, pass } = someBudgets();
  const shop = aWorkOrder('wo-a1b2c3d4', 'https://example.org/shop.git');
  const other = aWorkOrder('wo-b1b2c3d4', 'https://example.org/other');
  budgets.begin(shop);
  pass(2);
  budgets.begin(other);
  pass(1);
  budgets.use(shop.agent_work_order_id, { input_tokens: 3, output_tokens: 4, cost_usd: 0.5 });
  expect(budgets.ofWorkOrder(shop).spent).toEqual({ cost_usd: 0.5, tokens: 7, minutes: 3 });
  const [repository, service] = await budgets.ofDay('https://example.org/shop');
  expect(repository).toEqual({
    scope: 'repository_day',
    budget: TEN_TOKENS,
    spent: { cost_usd: 0.5, tokens: 7, minutes: 3 },
  });
  expect(service.spent).toEqual({ cost_usd: 0.5, tokens: 7, minutes: 4 });
});

test('an attempt that has ended is counted here no more', async () => {
  const { budgets } = someBudgets();
  const shop = aWorkOrder('wo-a1b2c3d4', 'https://example.org/shop.git');
  budgets.begin(shop);
  budgets.use(shop.agent_work_order_id, { input_tokens: 3, output_tokens: 4, cost_usd: 0.5 });
  expect(budgets.used(shop)).toMatchObject({ input_tokens: 3 });
  budgets.end(shop);
  expect(budgets.used(shop)).toBeNull();
  expect((await budgets.ofDay(shop.repository_url))[1].spent).toEqual(NOTHING_SPENT);
});

test('what an agent does not tell is named where it is limited', () => {
  const tells = { cost: false, tokens: true };
  expect(uncountedBy({ tells }, { cost_usd: 1, tokens: 1, minutes: 1 }).map(({ measure }) => measure)).toEqual([
    'cost_usd',
  ]);
  expect(uncountedBy({ tells }, { cost_usd: null, tokens: 1, minutes: 1 })).toEqual([]);
});
