/** The order is the workflow. The names are the wire format (PRODUCT.md section 2). */
export const STEP_NAMES = [
  'classify',
  'plan',
  'find_plan',
  'generate_branch',
  'implement',
  'commit',
  'create_pr',
] as const;
export type StepName = (typeof STEP_NAMES)[number];

/** The steps in which an agent may be asked. */
export const AGENT_STEP_NAMES = ['classify', 'plan', 'find_plan', 'implement'] as const satisfies readonly StepName[];

/** The role played in a step. */
export type AgentName =
  | 'classifier'
  | 'planner'
  | 'plan_finder'
  | 'branch_generator'
  | 'implementor'
  | 'committer'
  | 'pr_creator';

export type Phase = 'planning' | 'implementing' | 'delivering' | 'completed';

export interface StepDefinition {
  readonly name: StepName;
  readonly agentName: AgentName;
  readonly phase: Exclude<Phase, 'completed'>;
  /** The one of the steps that always calls an agent; the others only do so when facts do not suffice. */
  readonly callsAgent: boolean;
}

export const WORKFLOW_TYPES = ['agent_workflow_plan'] as const;
export type WorkflowType = (typeof WORKFLOW_TYPES)[number];

export const WORKFLOWS: Readonly<Record<WorkflowType, readonly StepDefinition[]>> = {
  agent_workflow_plan: [
    { name: 'classify', agentName: 'classifier', phase: 'planning', callsAgent: true },
    { name: 'plan', agentName: 'planner', phase: 'planning', callsAgent: true },
    { name: 'find_plan', agentName: 'plan_finder', phase: 'planning', callsAgent: false },
    { name: 'generate_branch', agentName: 'branch_generator', phase: 'implementing', callsAgent: false },
    { name: 'implement', agentName: 'implementor', phase: 'implementing', callsAgent: true },
    { name: 'commit', agentName: 'committer', phase: 'delivering', callsAgent: false },
    { name: 'create_pr', agentName: 'pr_creator', phase: 'delivering', callsAgent: false },
  ],
};

/** The first step from one on that always asks an agent; null where none is left. */
export function nextAgentStep(workflow: WorkflowType, from: StepName): StepName | null {
  const steps = WORKFLOWS[workflow];
  const index = steps.findIndex(({ name }) => name === from);
  return steps.slice(index).find(({ callsAgent }) => callsAgent)?.name ?? null;
}

export function stepDefinition(workflow: WorkflowType, step: StepName): StepDefinition {
  const definition = WORKFLOWS[workflow].find((candidate) => candidate.name === step);
  if (!definition) throw new Error(`workflow ${workflow} has no step ${step}`);
  return definition;
}
