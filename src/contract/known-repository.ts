import { z } from 'zod';
import { SANDBOX_TYPES } from '../domain/work-order.ts';
import { WORKFLOW_TYPES } from '../domain/workflow.ts';
import { BudgetField, BudgetSchema } from './budget.ts';
import { RepositoryIdText, Timestamp, orNull, queryNumber } from './common.ts';
import {
  AgentName,
  BranchName,
  ChecksField,
  ModelName,
  RepositoryUrlField,
  SandboxTypeField,
  StepAgentsField,
  WorkflowTypeField,
  line,
} from './submitted-fields.ts';
import { StepAgentsSchema } from './work-order.ts';

const settings = {
  display_name: line(200).nullish().meta({ description: 'How people call it', example: 'The shop' }),
  default_sandbox_type: SandboxTypeField.nullish().meta({ example: 'git_worktree' }),
  default_workflow_type: WorkflowTypeField.nullish().meta({ example: 'agent_workflow_plan' }),
  default_agent: AgentName.nullish().meta({ example: 'claude' }),
  default_model: ModelName.nullish().meta({ description: 'Only beside default_agent' }),
  default_step_agents: StepAgentsField.meta({
    description: 'Another agent for single steps, by the name of the step; a model only beside its agent',
    example: { plan: { agent: 'codex', model: null } },
  }),
  default_base_branch: BranchName.nullish().meta({ example: 'develop' }),
  checks: ChecksField.meta({
    description: 'Commands that say whether a change is good, in the order in which they are to run',
    example: ['npm ci', 'npm test'],
  }),
  default_budget: BudgetField.nullish().meta({
    description: 'What one of its work orders may take; replaced as a whole',
    example: { cost_usd: 2 },
  }),
  daily_budget: BudgetField.nullish().meta({
    description: 'What all its work orders together may take on a UTC day; replaced as a whole',
    example: { cost_usd: 20 },
  }),
};

/** The body of `POST /repositories`. Fields that are not named here are ignored; null is the same as absent. */
export const AddRepositorySchema = z
  .object({
    repository_url: RepositoryUrlField,
    ...settings,
    verify: z.boolean('It must be true or false.').nullish().meta({
      description: 'False adds it without asking the forge whether it can be read; true when absent',
    }),
  })
  .meta({ id: 'AddRepository' });
export type AddRepository = z.input<typeof AddRepositorySchema>;

/** The body of `PATCH /repositories/{id}`: what is absent stays, null clears. */
export const ChangeRepositorySchema = z
  .object({
    ...settings,
    repository_url: z
      .unknown()
      .optional()
      .refine((value) => value === undefined, 'It cannot be changed: add the other repository, and remove this one.')
      .meta({ description: 'Cannot be changed; named here so that it is refused' }),
  })
  .meta({ id: 'ChangeRepository' });
export type ChangeRepository = z.input<typeof ChangeRepositorySchema>;

export const KnownRepositorySchema = z
  .object({
    repository_id: RepositoryIdText,
    repository_url: z.string().meta({ example: 'https://github.com/example/shop' }),
    display_name: z.string().nullable().meta({ example: 'The shop' }),
    default_sandbox_type: z.enum(SANDBOX_TYPES).nullable(),
    default_workflow_type: z.enum(WORKFLOW_TYPES).nullable(),
    default_agent: z.string().nullable().meta({ example: 'claude' }),
    default_model: z.string().nullable(),
    default_step_agents: StepAgentsSchema,
    default_base_branch: z.string().nullable().meta({ example: 'develop' }),
    checks: z
      .array(z.string())
      .readonly()
      .meta({ example: ['npm ci', 'npm test'] }),
    default_budget: orNull(BudgetSchema),
    daily_budget: orNull(BudgetSchema),
    repository_owner: z
      .string()
      .nullable()
      .meta({ description: 'Null for a repository without one', example: 'example' }),
    repository_name: z.string().nullable().meta({ description: 'Null until it was verified', example: 'shop' }),
    default_branch: z.string().nullable().meta({ description: 'As the forge said', example: 'main' }),
    may_push: z.boolean().nullable().meta({ description: 'Null also where the forge does not say' }),
    last_verified_at: Timestamp.nullable().meta({ description: 'When the forge was asked last and said yes' }),
    verification_error: z.string().nullable().meta({
      description: 'Why the latest look failed and what to do; null when it succeeded, or when there was none',
    }),
    created_at: Timestamp,
    updated_at: Timestamp.meta({ description: 'When it was added, or its settings were changed last' }),
    last_used_at: Timestamp.nullable().meta({ description: 'When a work order was handed in last' }),
  })
  .meta({ id: 'KnownRepository', description: 'A repository that the service keeps defaults for' });

export type KnownRepositoryView = z.infer<typeof KnownRepositorySchema>;

export const RepositoryListQuery = z.object({
  repository_url: z.string().min(1).optional().meta({ description: 'Only the one with this URL' }),
  limit: queryNumber({ from: 1, to: 500, byDefault: 100 }).meta({ description: 'How many at most' }),
  cursor: z.string().min(1).optional().meta({ description: 'From the Link header of the page before' }),
});
