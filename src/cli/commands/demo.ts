import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { WorkOrder } from '../../domain/work-order.ts';
import type { Context } from '../context.ts';
import { defineCommand } from '../context.ts';
import { connectOrStart } from '../service.ts';
import { supervise } from '../supervise.ts';
import { oneLine } from '../text.ts';

export function defineDemo(command: Command): void {
  defineCommand(command, {
    // The sample lies in the data folder of this machine, where a service elsewhere could not see it.
    without: ['url'],
    examples: ['awo demo', 'AWO_DEMO_PACE=0 awo demo --json | jq .type'],
    run: (context) => demo({ ...context, configuration: { ...context.configuration, url: null } }),
  });
}

/** Exit codes as those of `run`. */
async function demo(context: Context): Promise<number> {
  const { configuration } = context;
  const connect = () => connectOrStart(configuration);
  const connection = await connect();
  let id: string;
  let repositoryUrl: string;
  try {
    const request = await connection.client.makeSample();
    repositoryUrl = request.repository_url;
    context.say('A demonstration without a model: the agent is a small program that edits a sample repository by');
    context.say('rule and runs its tests. The steps, the sandbox, the commit and the push are real.');
    const created = await connection.client.create({ request, idempotencyKey: randomUUID() });
    id = created.agent_work_order_id;
  } catch (error) {
    await connection.close();
    throw error;
  }
  const { state, exitCode } = await supervise({ context, id, connection, reconnect: connect, interruptCancels: true });
  if (state.workOrder) for (const line of whereItIs(state.workOrder, repositoryUrl)) context.say(line);
  return exitCode;
}

function whereItIs(workOrder: WorkOrder, repositoryUrl: string): readonly string[] {
  const { git_branch_name: branch, git_commit: commit, base_branch: base } = workOrder;
  if (workOrder.status !== 'completed' || !branch || !commit) return [];
  const range = `${oneLine(base ?? 'main')}..${oneLine(branch)}`;
  return [
    '',
    'The branch is in the sample repository. Look at it:',
    `  git -C ${quoted(repositoryUrl)} log -p ${range}`,
  ];
}

/** For a shell. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
