import { z } from 'zod';
import { CHECK_STATUSES } from '../domain/check.ts';
import { ENDED_ATTEMPT_STATUSES } from '../domain/step.ts';
import { Timestamp, WorkOrderIdText, orNull } from './common.ts';
import { StepNameSchema } from './work-order.ts';

const AgentNameSchema = z
  .enum(['classifier', 'planner', 'plan_finder', 'branch_generator', 'implementor', 'committer', 'pr_creator'])
  .meta({ description: 'The role played in the step' });

const Durable = z.boolean().meta({
  description: 'False while the store refuses the record; it can be lost if the service dies then',
});

const AgentOfAttempt = z.string().nullable().meta({
  description: 'Which agent program was asked; null until then, and where none is',
  example: 'claude',
});
const ModelOfAttempt = z.string().nullable().meta({ description: "Null for the agent's own default" });

/** One command that the service ran on the change. */
const CheckResultSchema = z
  .object({
    command: z.string().meta({ example: 'npm test' }),
    status: z.enum(CHECK_STATUSES),
    exit_code: z.int().nullable().meta({ description: 'Null for one that was killed or took too long' }),
    duration_seconds: z.number(),
    out_of_memory: z.string().optional().meta({ description: 'By which sign it died of lack of memory' }),
    output: z.string().meta({ description: 'What it said, on both streams; the end of it when truncated' }),
    output_truncated: z.boolean().meta({ description: 'True when the whole output is in the log only' }),
  })
  .meta({ id: 'CheckResult', description: 'What came of a command that the service ran on a change' });

/** One ended try at a step. */
const EndedAttemptSchema = z
  .object({
    step: StepNameSchema,
    agent_name: AgentNameSchema,
    attempt: z.int().meta({ description: 'From 1 within the step', example: 1 }),
    status: z.enum(ENDED_ATTEMPT_STATUSES),
    success: z.boolean().meta({ description: 'True for succeeded and skipped' }),
    output: z.string().nullable(),
    answer: z
      .object({
        commit_message: z.string().nullable(),
        pull_request_title: z.string().nullable(),
        pull_request_body: z.string().nullable(),
        no_change_reason: z.string().nullable(),
      })
      .nullable()
      .meta({ description: 'What the implementor proposes for the steps that follow; null for every other step' }),
    output_truncated: z.boolean().meta({ description: 'True when the whole output is in the log only' }),
    error_code: z.string().nullable(),
    error_message: z.string().nullable(),
    limit_resets_at: Timestamp.nullable().meta({
      description: 'When the limit of the model ends that has failed it, as the agent said',
    }),
    duration_seconds: z.number(),
    session_id: z.string().nullable(),
    started_at: Timestamp,
    agent: AgentOfAttempt,
    model: ModelOfAttempt,
    finished_at: Timestamp,
    timestamp: Timestamp.meta({ description: 'Equals finished_at' }),
    usage: z
      .object({
        input_tokens: z.number().nullable(),
        output_tokens: z.number().nullable(),
        cost_usd: z.number().nullable(),
      })
      .nullable(),
    checkpoint: z.string().nullable().meta({ description: 'The commit that keeps the working copy as it was then' }),
    changes: z
      .object({ files_changed: z.int(), lines_added: z.int(), lines_removed: z.int() })
      .nullable()
      .meta({ description: 'What the working copy held against the base commit' }),
    inherited_from: z
      .string()
      .optional()
      .meta({ description: 'The work order that made it, where a fork has inherited it' }),
    checks: z.array(CheckResultSchema).readonly().meta({
      description: 'What the service ran on the change, up to the first check that did not pass',
    }),
    durable: Durable,
  })
  .meta({ id: 'EndedAttempt', description: 'One try at a step that has ended' });

/** The try that goes on now. */
const RunningStepSchema = z
  .object({
    step: StepNameSchema,
    agent_name: AgentNameSchema,
    attempt: z.int().meta({ example: 1 }),
    started_at: Timestamp,
    agent: AgentOfAttempt,
    model: ModelOfAttempt,
    activity: z.string().nullable().meta({ description: 'What it is doing now', example: 'editing src/theme.ts' }),
    last_activity_at: Timestamp,
    durable: Durable,
  })
  .meta({ id: 'RunningStep', description: 'The attempt that runs now' });

export const StepsSchema = z
  .object({
    agent_work_order_id: WorkOrderIdText,
    steps: z
      .array(EndedAttemptSchema)
      .readonly()
      .meta({ description: 'Every ended attempt, in the order of the ends' }),
    steps_completed: z.int().meta({ description: 'How many distinct steps have succeeded' }),
    current_step: StepNameSchema.nullable().meta({
      description: 'Running, or next to run, or the one that failed; null when all are done',
    }),
    in_progress: orNull(RunningStepSchema),
    remaining_steps: z.array(StepNameSchema).readonly().meta({ description: 'The steps after the current one' }),
  })
  .meta({ id: 'Steps', description: 'The step history: a whole, consistent prefix at every read' });
export type StepsView = z.infer<typeof StepsSchema>;
