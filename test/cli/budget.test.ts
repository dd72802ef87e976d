import { userInfo } from 'node:os';
import { expect, test } from 'vitest';
import { DailyBudgetsSchema } from '../../src/contract/budget.ts';
import { WorkOrderSchema } from '../../src/contract/work-order.ts';
import { makeWorkPlace } from '../suites/work-place.ts';
import { Awo, awo, temporaryFolder } from './awo.ts';

async function home() {
  const folder = await temporaryFolder();
  const environment = { AWO_DATA_DIR: `${folder}/data`, AWO_DAILY_BUDGET: '{"minutes": 600}' };
  return { folder, environment, run: (...args: readonly string[]) => awo(args, folder, environment) };
}

test('a budget is given, shown and changed from the command line', async () => {
  using place = makeWorkPlace({ gated: true });
  const { folder, environment, run } = await home();
  const agent = place.configuration().agentCommand ?? '';
  const flags = ['--agent', 'command', '--agent-command', agent, '--allow-local', place.directory, '--port', '0'];
  const service = new Awo(['serve', ...flags], folder, environment);
  await service.shows(/ready at/);
  const made = await run('run', place.repository, 'Keep a list', '--detach', '--budget-minutes', '7.5', '--json');
  expect([made.code, made.stderr]).toEqual([0, '']);
  const { agent_work_order_id: id } = JSON.parse(made.stdout) as { readonly agent_work_order_id: string };
  expect((await run('show', id)).stdout).toMatch(/\nBudget +7\.5 min\nSpent +\$0\.00, 0 tokens, .*\nLeft +7\.5 min\n/);
  const changed = await run('budget', id, '--minutes', '20', '--cost', '3', '--reason', 'it is large', '--json');
  expect(WorkOrderSchema.parse(JSON.parse(changed.stdout)).budget).toEqual({ cost_usd: 3, tokens: null, minutes: 20 });
  const cleared = await run('budget', id, '--clear', 'cost', '--beyond-daily');
  expect(cleared.stdout).toMatch(/\nBudget +20 min\n/);
  expect(cleared.stdout).toContain(`budgets of days do not hold it, by ${userInfo().username}`);
  const listed = JSON.parse((await run('list', '--json')).stdout) as readonly unknown[];
  expect(listed).toMatchObject([{ budget: { minutes: 20 }, daily_override: { by: userInfo().username } }]);
  const day = DailyBudgetsSchema.parse(JSON.parse((await run('budget', '--json')).stdout));
  expect(day.service.budget).toEqual({ cost_usd: null, tokens: null, minutes: 600 });
  expect((await run('budget', '--repository', place.repository)).stdout).toMatch(/Service .* of 600 min\n/);
  const refused = await run('run', place.repository, 'Keep a list', '--detach', '--budget-cost', '2');
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('budget.cost_usd: command does not tell') });
  await run('cancel', id);
  expect(place.livingAgents()).toEqual([]);
});

test('a repository keeps budgets, and they can be taken away', async () => {
  const { run } = await home();
  const url = 'https://example.test/you/shop.git';
  const added = await run('repositories', 'add', url, '--no-verify', '--budget-cost', '2', '--daily-tokens', '90000');
  expect(added.stdout).toMatch(/\nBudget +\$2\.00\nEach day +90000 tokens\n/);
  const cleared = await run('repositories', 'set', url, '--clear', 'daily-budget', '--json');
  expect(JSON.parse(cleared.stdout)).toMatchObject({ default_budget: { cost_usd: 2 }, daily_budget: null });
});

test.each([
  [['budget', 'wo-4f7k2m9x', '--cost', '0'], 'Give a number greater than 0'],
  [['budget', 'wo-4f7k2m9x', '--tokens', '1.5'], 'Give a whole number'],
  [['budget', 'wo-4f7k2m9x', '--clear', 'money'], 'Give cost, tokens or minutes'],
  [['budget', 'wo-4f7k2m9x', '--until', 'soon', '--cost', '1'], 'Give a time as ISO 8601'],
  [['budget', 'wo-4f7k2m9x', '--reason', 'why not'], 'name what to change'],
  [['run', '.', 'Do it', '--budget-minutes', 'many'], 'Give a number greater than 0'],
])('%j is a usage error', async (args, words) => {
  const { run } = await home();
  const { code, stderr } = await run(...args);
  expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
});
