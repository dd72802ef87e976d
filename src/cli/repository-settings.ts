import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import type { ChangeRepository } from '../contract/known-repository.ts';
import type { AgentWish } from '../domain/agent-choice.ts';
import type { SandboxType } from '../domain/work-order.ts';
import { SANDBOX_TYPES } from '../domain/work-order.ts';
import type { WorkflowType } from '../domain/workflow.ts';
import { WORKFLOW_TYPES } from '../domain/workflow.ts';
import { addBudgetFlags, budgetIn } from './budget-flags.ts';
import { collect } from './collect.ts';
import { stepAgent } from './step-agent.ts';

/** The flags of what a repository wants, as commander has parsed them. */
interface SettingsFlags {
  readonly name?: string;
  readonly agent?: string;
  readonly model?: string;
  readonly stepAgent?: Readonly<Record<string, AgentWish>>;
  readonly sandbox?: SandboxType;
  readonly workflow?: WorkflowType;
  readonly baseBranch?: string;
  readonly check?: readonly string[];
}

/** What `--clear` can name, and the field that it clears. */
const CLEARABLE = {
  name: 'display_name',
  agent: 'default_agent',
  model: 'default_model',
  'step-agent': 'default_step_agents',
  sandbox: 'default_sandbox_type',
  workflow: 'default_workflow_type',
  'base-branch': 'default_base_branch',
  check: 'checks',
  budget: 'default_budget',
  'daily-budget': 'daily_budget',
} as const satisfies Readonly<Record<string, keyof ChangeRepository>>;

export function addSettingsFlags(command: Command): Command {
  command
    .option('--name <NAME>', 'How people call it.')
    .option('--agent <NAME>', 'The agent of its work orders.')
    .option('--model <NAME>', "The model, by the agent's own name for it; beside --agent.")
    .option('--step-agent <STEP=AGENT[:MODEL]>', 'Another agent for one step. May be repeated.', stepAgent)
    .addOption(new Option('--sandbox <TYPE>', 'How working copies are made.').choices(SANDBOX_TYPES))
    .addOption(new Option('--workflow <TYPE>', 'The workflow of its work orders.').choices(WORKFLOW_TYPES))
    .option('--base-branch <NAME>', 'The branch to begin at.')
    .option('--check <COMMAND>', 'A command that says whether a change is good. May be repeated.', collect);
  addBudgetFlags(command, 'budget', 'one of its work orders');
  return addBudgetFlags(command, 'daily', 'all its work orders together on a UTC day');
}

export function addClearFlag(command: Command): Command {
  const names = Object.keys(CLEARABLE);
  return command.option(
    '--clear <FLAG>',
    `Take a default away: ${names.join(', ')}. May be repeated.`,
    (name, before) => {
      if (!names.includes(name)) throw new InvalidArgumentError(`Give one of ${names.join(', ')}.`);
      return collect(name, before);
    },
  );
}

/** The fields that the flags name; `clear` makes them null. */
export function settingsOf(command: Command): ChangeRepository {
  const flags: SettingsFlags & { readonly clear?: readonly (keyof typeof CLEARABLE)[] } = command.opts();
  const cleared = (flags.clear ?? []).map((name) => [CLEARABLE[name], null]);
  const given: ChangeRepository = {
    display_name: flags.name,
    default_agent: flags.agent,
    default_model: flags.model,
    default_step_agents: flags.stepAgent,
    default_sandbox_type: flags.sandbox,
    default_workflow_type: flags.workflow,
    default_base_branch: flags.baseBranch,
    checks: flags.check && [...flags.check],
    default_budget: budgetIn(command, 'budget'),
    daily_budget: budgetIn(command, 'daily'),
  };
  const named = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries([...cleared, ...named]);
}
