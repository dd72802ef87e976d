import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { DailyBudgetsView } from '../../contract/budget.ts';
import type { WorkOrderView } from '../../contract/work-order.ts';
import { standingText } from '../../domain/budget.ts';
import { addBudgetFlags, budgetIn, measureOf } from '../budget-flags.ts';
import { budgetFacts, leftText } from '../budget-text.ts';
import type { ControlRequest } from '../client.ts';
import { collect } from '../collect.ts';
import type { Context } from '../context.ts';
import { EXIT, defineCommand } from '../context.ts';
import { formatDateTime } from '../format.ts';
import { labelledLines } from '../labelled.ts';
import { connectToControl, connectToRead } from '../service.ts';
import { idOf } from '../work-order-argument.ts';

interface BudgetOptions {
  readonly clear?: readonly string[];
  readonly beyondDaily?: boolean;
  readonly withinDaily?: boolean;
  readonly until?: string;
  readonly reason?: string;
  readonly by?: string;
  readonly repository?: string;
}

export function defineBudget(command: Command): void {
  addBudgetFlags(command, null, 'the work order')
    .option('--clear <FLAG>', 'Take a limit away: cost, tokens or minutes. May be repeated.', limitName)
    .option('--beyond-daily', 'Let it go on although the budget of the day is spent.')
    .option('--within-daily', 'Take that back.')
    .option('--until <TIME>', 'When what was before counts again, as ISO 8601. Default: never.', time)
    .option('--reason <TEXT>', 'Why; it is kept in the history.')
    .option('--by <NAME>', 'Who wants it so. Default: the name of the user here.')
    .option('--repository <URL>', 'Without an id: show the day of this repository too.');
  defineCommand(command, {
    examples: [
      'awo budget',
      'awo budget wo-4f7k2m9x',
      'awo budget wo-4f7k2m9x --cost 10 --reason "it is nearly done"',
      'awo budget wo-4f7k2m9x --beyond-daily --until 2026-11-25T18:00:00Z',
    ],
    run: (context, called) => {
      const [id] = called.args;
      const options: BudgetOptions = called.opts();
      if (id === undefined) return showDay(context, options.repository);
      const body = changeIn(called, options);
      return body === null ? showOne(context, idOf(called)) : change(context, idOf(called), body);
    },
  });
}

type ChangeBody = Extract<ControlRequest, { readonly action: 'budget' }>['body'];

/** What the flags want otherwise; null where they only want to see. */
function changeIn(called: Command, options: BudgetOptions): ChangeBody | null {
  const lifted = (options.clear ?? []).flatMap((flag) => measureOf(flag) ?? []);
  const named = budgetIn(called, null);
  const budget =
    named || lifted.length > 0 ? { ...Object.fromEntries(lifted.map((name) => [name, null])), ...named } : undefined;
  const beyond_daily = options.beyondDaily ? true : options.withinDaily ? false : undefined;
  const { until, reason, by } = options;
  if (budget === undefined && beyond_daily === undefined) {
    if (until ?? reason ?? by) called.error('error: name what to change, such as --cost or --beyond-daily');
    return null;
  }
  return { budget, beyond_daily, until, reason, by: by ?? userInfo().username };
}

async function change(context: Context, id: string, body: ChangeBody): Promise<number> {
  const { client } = await connectToControl(context.configuration);
  const workOrder = await client.control(id, { action: 'budget', body });
  if (context.json) context.print(workOrder);
  else {
    for (const line of facts(workOrder)) context.say(line);
    if (workOrder.status === 'failed') context.hint(`It goes on with: awo retry ${id}`);
  }
  return EXIT.ok;
}

async function showOne(context: Context, id: string): Promise<number> {
  const connection = await connectToRead(context.configuration);
  try {
    const workOrder = await connection.client.workOrder(id);
    const { agent_work_order_id, budget, budget_override, daily_override, spent, budget_left } = workOrder;
    if (context.json)
      context.print({ agent_work_order_id, budget, budget_override, daily_override, spent, budget_left });
    else for (const line of facts(workOrder)) context.say(line);
  } finally {
    await connection.close();
  }
  return EXIT.ok;
}

async function showDay(context: Context, repository: string | undefined): Promise<number> {
  const connection = await connectToRead(context.configuration);
  try {
    const day = await connection.client.dailyBudgets(repository);
    if (context.json) context.print(day);
    else for (const line of dayFacts(day)) context.say(line);
  } finally {
    await connection.close();
  }
  return EXIT.ok;
}

/** What a work order may take and has taken. */
function facts(workOrder: WorkOrderView): readonly string[] {
  const { agent_work_order_id, status, waiting_detail } = workOrder;
  return labelledLines([
    ['Work order', agent_work_order_id],
    ['Status', waiting_detail === null ? status : `${status}: ${waiting_detail}`],
    ...budgetFacts(workOrder),
  ]);
}

function dayFacts({ day, ends_at, service, repository }: DailyBudgetsView): readonly string[] {
  return labelledLines([
    ['Day (UTC)', `${day}, until ${formatDateTime(ends_at)} here`],
    ['Service', standingText(service)],
    ['Left', leftText(service.left)],
    ['Repository', repository && standingText(repository)],
    ['Left', repository && leftText(repository.left)],
  ]);
}

function limitName(flag: string, before: unknown): readonly string[] {
  if (!measureOf(flag)) throw new InvalidArgumentError('Give cost, tokens or minutes.');
  return collect(flag, before);
}

function time(text: string): string {
  const date = new Date(text);
  if (Number.isNaN(date.getTime()))
    throw new InvalidArgumentError('Give a time as ISO 8601, such as 2026-11-25T18:00:00Z.');
  return date.toISOString();
}
