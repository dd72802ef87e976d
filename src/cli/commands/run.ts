import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { Option } from 'commander';
import type { CreateWorkOrder } from '../../contract/create-work-order.ts';
import type { AgentWish } from '../../domain/agent-choice.ts';
import type { Budget } from '../../domain/budget.ts';
import type { Gate } from '../../domain/gate.ts';
import { GATES } from '../../domain/gate.ts';
import { SANDBOX_TYPES } from '../../domain/work-order.ts';
import type { SandboxType } from '../../domain/work-order.ts';
import { addBudgetFlags, budgetIn } from '../budget-flags.ts';
import { collect } from '../collect.ts';
import type { Context } from '../context.ts';
import { EXIT, defineCommand } from '../context.ts';
import { localFolder } from '../local-folder.ts';
import { connectOrStart, connectToControl } from '../service.ts';
import { stepAgent } from '../step-agent.ts';
import { supervise } from '../supervise.ts';

interface RunOptions {
  readonly agent?: string;
  readonly model?: string;
  readonly stepAgent?: Readonly<Record<string, AgentWish>>;
  readonly baseBranch?: string;
  readonly issue?: string;
  readonly sandbox?: SandboxType;
  readonly approvePlan?: boolean;
  readonly approval?: readonly Gate[];
  readonly check?: readonly string[];
  readonly budget?: Partial<Budget> | undefined;
  readonly detach?: boolean;
}

export function defineRun(command: Command): void {
  command
    .option('--model <NAME>', "The model, by the agent's own name for it.")
    .option(
      '--step-agent <STEP=AGENT[:MODEL]>',
      'Another agent for one step (classify, plan, find_plan, implement). May be repeated.',
      stepAgent,
    )
    .option('--base-branch <NAME>', 'The branch to begin at. Default: the default branch of the repository.')
    .option('--issue <NUMBER>', 'The issue that the request is about. Default: one that the request names.')
    .addOption(new Option('--sandbox <TYPE>', 'How the working copy is made.').choices(SANDBOX_TYPES))
    .option(
      '--approve-plan',
      'Wait for an approval before the plan is carried out: awo approve, awo reject, awo plan --edit.',
    )
    .addOption(
      new Option('--approval <GATE...>', 'Wait for an approval there: before: or after: and a step.').choices(GATES),
    )
    .option(
      '--check <COMMAND>',
      'A command that the service runs on the change: the agent mends it until it passes. May be repeated.',
      collect,
    )
    .option('--detach', 'Print the id and do not watch; the service must be running.');
  addBudgetFlags(command, 'budget', 'the work order');
  defineCommand(command, {
    settings: ['agent', 'agentCommand', 'allowLocal'],
    examples: [
      'awo run https://github.com/you/shop "Add a dark mode"',
      'awo run . "Fix issue #42" --base-branch develop',
      'awo run git@example.com:you/shop.git "Update the dependencies" --agent claude --detach',
      'awo run . "Add a dark mode" --agent claude --step-agent plan=codex',
      'awo run . "Add a dark mode" --approve-plan',
      'awo run . "Add a dark mode" --check "npm ci" --check "npm test"',
      'awo run . "Add a dark mode" --budget-cost 2 --budget-minutes 60',
      'awo run . "Add tests" --json | jq .type',
    ],
    run: (context, called) => {
      const [repository = '', request = ''] = called.args;
      const budget = budgetIn(called, 'budget');
      return run(context, { repository, request, options: { ...called.opts<RunOptions>(), budget } });
    },
  });
}

/** Exit code 0 for completed, 1 for failed, 130 for cancelled. */
async function run(
  context: Context,
  {
    repository,
    request,
    options,
  }: { readonly repository: string; readonly request: string; readonly options: RunOptions },
): Promise<number> {
  const { configuration } = context;
  const folder = await localFolder(repository);
  const body: CreateWorkOrder = {
    repository_url: folder ?? repository,
    user_request: request,
    // The configuration's own agent is the service's to choose: what the target repository asks for goes before it.
    agent: options.agent,
    model: options.model,
    step_agents: options.stepAgent,
    base_branch: options.baseBranch,
    github_issue_number: options.issue,
    sandbox_type: options.sandbox,
    checks: options.check && [...options.check],
    budget: options.budget,
    approve_plan: options.approvePlan,
    approvals: options.approval && [...options.approval],
  };
  // Who names a folder of his own to a service of his own wants it used. A service that runs decides for itself.
  const allowLocal = folder === null ? configuration.allowLocal : [...configuration.allowLocal, dirname(folder)];
  const connect = () => connectOrStart({ ...configuration, allowLocal });
  const connection = options.detach ? await connectToControl(configuration) : await connect();
  const given: Readonly<Record<string, unknown>> = { ...options };
  if (connection.kind === 'other' && (given['agentCommand'] ?? given['allowLocal'])) {
    context.hint('A service runs already, so its own --agent-command and --allow-local count.');
  }
  let id: string;
  try {
    const created = await connection.client.create({ request: body, idempotencyKey: randomUUID() });
    id = created.agent_work_order_id;
    if (options.detach) {
      if (context.json) context.print(created);
      else context.say(id);
      return EXIT.ok;
    }
  } catch (error) {
    await connection.close();
    throw error;
  }
  const { exitCode } = await supervise({ context, id, connection, reconnect: connect, interruptCancels: true });
  return exitCode;
}
