import { z } from 'zod';
import { GATES } from '../domain/gate.ts';
import { BudgetField } from './budget.ts';
import {
  AgentName,
  BranchName,
  ChecksField,
  ModelName,
  RepositoryUrlField,
  SandboxTypeField,
  StepAgentsField,
  WorkflowTypeField,
} from './submitted-fields.ts';

/** In UTF-16 units, as JavaScript counts. */
const MAX_USER_REQUEST_CHARACTERS = 100_000;

export const UserRequest = z
  .string()
  .max(MAX_USER_REQUEST_CHARACTERS, `It may have at most ${MAX_USER_REQUEST_CHARACTERS} characters.`)
  .refine((text) => text.trim() !== '', 'It must not be empty.');

/** `before:` or `after:` and the name of a step. */
const GateSchema = z.enum(GATES, { error: () => 'It must be "before:" or "after:" and the name of a step.' });

/** The body of `POST /agent-work-orders`. Fields that are not named here are ignored; null is the same as absent. */
export const CreateWorkOrderSchema = z
  .object({
    repository_url: RepositoryUrlField,
    user_request: UserRequest.meta({
      description: 'What shall be done, in plain words',
      example: 'Add a dark mode. See issue #42.',
    }),
    sandbox_type: SandboxTypeField.nullish().meta({
      description: 'How the working copy is made; git_worktree when absent',
      example: 'git_worktree',
    }),
    workflow_type: WorkflowTypeField.nullish().meta({
      description: 'agent_workflow_plan when absent',
      example: 'agent_workflow_plan',
    }),
    github_issue_number: z
      .union([z.string(), z.int()], { error: 'It must be a number of an issue, as text or as an integer.' })
      .nullish()
      .transform((value, context) => {
        const number = value == null ? '' : String(value).trim().replace(/^#/, '');
        if (number === '') return null;
        if (/^[1-9]\d{0,8}$/.test(number)) return number;
        context.addIssue({ code: 'custom', message: 'It must be the number of an issue, such as "42".' });
        return z.NEVER;
      })
      .meta({ description: 'The issue that the request is about; else one named in the request', example: '42' }),
    agent: AgentName.nullish().meta({
      description: 'Which agent program; the first usable one when absent',
      example: 'claude',
    }),
    model: ModelName.nullish().meta({ description: "The agent's own default when absent" }),
    step_agents: StepAgentsField,
    base_branch: BranchName.nullish().meta({
      description: "The repository's default branch when absent",
      example: 'main',
    }),
    approve_plan: z.boolean().nullish().meta({
      description: 'Waits for an approval before the plan is carried out; the same as "after:find_plan" in approvals',
    }),
    approvals: z
      .array(GateSchema)
      .max(GATES.length)
      .nullish()
      .meta({ description: 'Where somebody has to approve before it goes on', example: ['after:find_plan'] }),
    budget: BudgetField.nullish().meta({
      description:
        'What all attempts together may take; the default of the known repository or of the service when absent. ' +
        'Refused where an agent does not tell what is limited',
      example: { cost_usd: 2, minutes: 60 },
    }),
    checks: ChecksField.meta({
      description:
        'Commands that the service runs on the change, in this order; those of the known repository or of the target ' +
        'repository when absent, none for an empty list',
      example: ['npm ci', 'npm test'],
    }),
  })
  .meta({ id: 'CreateWorkOrder' });
export type CreateWorkOrder = z.input<typeof CreateWorkOrderSchema>;
