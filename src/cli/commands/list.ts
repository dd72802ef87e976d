import type { Command } from 'commander';
import { Option } from 'commander';
import type { WorkOrderView } from '../../contract/work-order.ts';
import { WORK_ORDER_STATUSES } from '../../domain/work-order.ts';
import type { WorkOrderStatus } from '../../domain/work-order.ts';
import type { Context } from '../context.ts';
import { EXIT, defineCommand } from '../context.ts';
import { formatAge } from '../format.ts';
import { connectToWhatThereIs } from '../service.ts';
import { positive } from '../number-argument.ts';
import { repositoryName, tableLines } from '../table.ts';
import { oneLine } from '../text.ts';

interface ListOptions {
  readonly status?: readonly WorkOrderStatus[];
  readonly repository?: string;
  readonly text?: string;
  readonly limit: number;
}

const USUAL_LIMIT = 20;

export function defineList(command: Command): void {
  command
    .addOption(new Option('--status <STATUS...>', 'Only those with one of these.').choices(WORK_ORDER_STATUSES))
    .option('--repository <URL>', 'Only those of this repository.')
    .option('--text <TEXT>', 'Only those with this in the request, the URL or the id.')
    .option('--limit <N>', 'How many at most.', positive, USUAL_LIMIT);
  defineCommand(command, {
    examples: [
      'awo list',
      'awo list --status running waiting --text "dark mode"',
      'awo list --limit 500 --json | jq length',
    ],
    run: (context, called) => list(context, called.opts()),
  });
}

async function list(context: Context, { status: statuses, repository, text, limit }: ListOptions): Promise<number> {
  const connection = await connectToWhatThereIs(context.configuration);
  try {
    const query = { statuses, repositoryUrl: repository, text, limit };
    const { workOrders, more } = (await connection?.client.list(query)) ?? { workOrders: [], more: false };
    if (context.json) context.print(workOrders);
    else {
      const columns = context.stdout.isTTY ? context.stdout.columns : Number.POSITIVE_INFINITY;
      for (const line of table(workOrders, { columns, nowMs: Date.now() })) context.say(line);
      if (workOrders.length === 0)
        context.hint('There are no work orders. Make one with: awo run REPOSITORY "REQUEST"');
      if (more) context.hint(`There are more: awo list --limit ${limit * 10}`);
    }
  } finally {
    await connection?.close();
  }
  return EXIT.ok;
}

/** A heading and one line a work order; the last column takes what width is left. */
export function table(
  workOrders: readonly WorkOrderView[],
  { columns, nowMs }: { readonly columns: number; readonly nowMs: number },
): readonly string[] {
  if (workOrders.length === 0) return [];
  const rows = workOrders.map((workOrder) => [
    workOrder.agent_work_order_id,
    workOrder.status,
    workOrder.outcome ?? workOrder.error_code ?? workOrder.waiting_reason ?? workOrder.current_phase ?? '',
    formatAge(nowMs - Date.parse(workOrder.created_at)),
    repositoryName(workOrder.repository_url),
    oneLine(workOrder.user_request),
  ]);
  return tableLines([['ID', 'STATUS', 'HOW', 'CREATED', 'REPOSITORY', 'REQUEST'], ...rows], columns);
}
