import { z } from 'zod';
import { OUTCOMES, SANDBOX_TYPES, WAITING_REASONS, WORK_ORDER_STATUSES } from '../domain/work-order.ts';
import { STEP_NAMES, WORKFLOW_TYPES } from '../domain/workflow.ts';
import { RepositoryIdText, Timestamp, WorkOrderIdText, orNull, queryNumber } from './common.ts';

const WorkOrderStatusSchema = z.enum(WORK_ORDER_STATUSES);
export const StepNameSchema = z.enum(STEP_NAMES);

const AgentWishSchema = z.object({ agent: z.string().nullable(), model: z.string().nullable() });
/** By the name of the step. */
export const StepAgentsSchema = z.partialRecord(StepNameSchema, AgentWishSchema);

const RepositoryDefaultsSchema = z
  .object({
    repository_id: RepositoryIdText,
    agent: z.string().nullable(),
    model: z.string().nullable(),
    step_agents: StepAgentsSchema,
  })
  .meta({
    id: 'RepositoryDefaults',
    description:
      'What the known repository wanted of agents when the work order was handed in; null for an unknown one',
  });

const RequestedBySchema = z.object({
  forge: z.string().meta({ example: 'github' }),
  user: z.string().meta({ example: 'ada' }),
  url: z.string().meta({ example: 'https://github.com/example/shop/issues/42' }),
});

const ForkedFromSchema = z
  .object({ agent_work_order_id: WorkOrderIdText, step: StepNameSchema, last_seq: z.int() })
  .meta({ id: 'ForkedFrom', description: 'The work order that it goes on from, after which step; null for no fork' });

const ProgressSchema = z
  .object({
    current_step: StepNameSchema.nullable().meta({
      description: 'Running, or next to run, or the one that failed; null when all are done',
    }),
    steps_completed: z.int().meta({ description: 'How many distinct steps have succeeded', example: 4 }),
    steps_total: z.int().meta({ example: 7 }),
    attempt: z.int().nullable().meta({ description: 'Of the attempt that runs now; null while none runs', example: 1 }),
    step_started_at: Timestamp.nullable().meta({ description: 'When the attempt began that runs now' }),
  })
  .meta({ id: 'Progress', description: 'Where it stands among its steps; the steps themselves are at /steps' });

export const PhaseSchema = z.enum(['planning', 'implementing', 'delivering', 'completed']);

/** A work order as every reader sees it; its steps are a resource of their own. */
export const WorkOrderSchema = z
  .object({
    agent_work_order_id: WorkOrderIdText,
    repository_url: z.string().meta({ example: 'https://github.com/example/shop' }),
    user_request: z.string().meta({ example: 'Add a dark mode. See issue #42.' }),
    workflow_type: z.enum(WORKFLOW_TYPES),
    sandbox_type: z.enum(SANDBOX_TYPES),
    sandbox_identifier: z.string().nullable().meta({ description: 'Null until the sandbox is made' }),
    github_issue_number: z.string().nullable().meta({ example: '42' }),
    requested_by: RequestedBySchema.nullable().meta({
      description: 'Who has asked for it on an issue; null for one that came by HTTP or the command line',
    }),
    forked_from: orNull(ForkedFromSchema),
    agent: z.string().meta({ description: 'Which agent program works on it', example: 'claude' }),
    agent_chosen_by: z.enum(['request', 'known_repository', 'service']).meta({
      description:
        'The request, the defaults that the service keeps for the repository, or the service itself; what the service ' +
        'chose gives way to what the target repository asks for',
    }),
    model: z.string().nullable().meta({ description: "Null for the agent's own default" }),
    step_agents: StepAgentsSchema.meta({ description: 'What the request wants for single steps' }),
    repository_defaults: orNull(RepositoryDefaultsSchema),
    base_branch: z.string().nullable().meta({ description: 'Null until the default branch is known', example: 'main' }),
    base_commit: z.string().nullable(),
    git_branch_name: z.string().nullable().meta({ example: 'feat-issue-42-wo-4f7k2m9x-dark-mode' }),
    agent_session_id: z.string().nullable().meta({ description: 'The latest session of an agent' }),
    status: WorkOrderStatusSchema,
    waiting_reason: z.enum(WAITING_REASONS).nullable().meta({ description: 'What a waiting work order waits for' }),
    waiting_detail: z.string().nullable().meta({ description: 'The same in a sentence for a person' }),
    waiting_until: Timestamp.nullable().meta({
      description: 'When it goes on by itself; null when somebody has to act',
    }),
    outcome: z.enum(OUTCOMES).nullable().meta({ description: 'How a completed work order ended, from facts' }),
    current_phase: PhaseSchema.nullable().meta({ description: 'Null before the first step' }),
    created_at: Timestamp,
    updated_at: Timestamp,
    github_pull_request_url: z.string().nullable(),
    git_commit: z.string().nullable(),
    git_commit_count: z.int(),
    git_files_changed: z.int(),
    git_lines_added: z.int(),
    git_lines_removed: z.int(),
    plan_path: z.string().nullable().meta({ example: 'specs/issue-42-wo-4f7k2m9x-planner-dark-mode.md' }),
    plan_version: z.int().meta({ description: '0 while there is no plan' }),
    error_code: z.string().nullable().meta({ description: 'A stable code; only when failed' }),
    error_message: z.string().nullable().meta({ description: 'One sentence a person can act on' }),
    failed_step: StepNameSchema.nullable(),
    approvals: z
      .array(z.string())
      .readonly()
      .meta({ description: 'Where somebody has to approve before it goes on', example: ['after:find_plan'] }),
    checks: z
      .array(z.string())
      .readonly()
      .nullable()
      .meta({
        description:
          'Commands that the service runs on the change; null where the request and the known repository say none: then ' +
          'the target repository does',
        example: ['npm test'],
      }),
    approved: z.array(z.string()).readonly().meta({ description: 'Those of them that are passed' }),
    pause_requested: z.boolean().meta({ description: 'It will wait when the running attempt has ended' }),
    plan_edited: z.boolean().meta({ description: 'Whether a person has written the latest version of the plan' }),
    reopened_at: Timestamp.nullable().meta({ description: 'When it was last taken up again after its end' }),
    progress: ProgressSchema,
    prompts_queued: z.int().meta({ description: 'Messages for the agent that are not given yet' }),
    cancel_requested: z.boolean().meta({ description: 'True from the wish to cancel on' }),
    last_seq: z.int().meta({ description: 'The number of its latest event' }),
  })
  .meta({ id: 'WorkOrder', description: 'One request against one repository, carried out once' });
export type WorkOrderView = z.infer<typeof WorkOrderSchema>;

export const CreatedWorkOrderSchema = z
  .object({
    agent_work_order_id: WorkOrderIdText,
    status: WorkOrderStatusSchema.meta({ example: 'pending' }),
    message: z.string().meta({ example: 'The work order was accepted; the workflow runs now.' }),
  })
  .meta({ id: 'CreatedWorkOrder' });
export type CreatedWorkOrder = z.infer<typeof CreatedWorkOrderSchema>;

export const WorkOrderListQuery = z.object({
  status: z
    .preprocess(listed, z.array(WorkOrderStatusSchema).min(1))
    .optional()
    .meta({ description: 'Only work orders with one of these; several by a comma, or named again' }),
  repository_url: z.string().min(1).optional().meta({ description: 'Only work orders of this repository' }),
  text: z.string().trim().min(1).max(200).optional().meta({
    description: 'Only with this in the request, the URL of the repository or the id; A to Z in either case',
    example: 'dark mode',
  }),
  limit: queryNumber({ from: 1, to: 500, byDefault: 100 }).meta({ description: 'How many at most' }),
  cursor: z.string().min(1).optional().meta({ description: 'From the Link header of the page before' }),
});

/** A parameter of the query that may be there once or more, each time with several values between commas. */
function listed(value: unknown): unknown {
  if (value === undefined) return undefined;
  return [value].flat().flatMap((part) => (typeof part === 'string' ? part.split(',') : [part]));
}
