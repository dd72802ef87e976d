import { z } from 'zod';
import { STEP_NAMES } from '../domain/workflow.ts';
import { UserRequest } from './create-work-order.ts';
import { AgentName, ModelName, StepAgentsField } from './submitted-fields.ts';

const MAX_TEXT_CHARACTERS = 16_384;

/** Words of a person, of a bounded length. */
export const words = z
  .string()
  .max(MAX_TEXT_CHARACTERS, `It may have at most ${MAX_TEXT_CHARACTERS} characters.`)
  .refine((text) => text.trim() !== '', 'It must not be empty.');

const step = z.enum(STEP_NAMES, { error: () => `It must be a step: ${STEP_NAMES.join(', ')}.` });

/** What may be wanted otherwise from there on; what is absent stays. */
const change = {
  user_request: UserRequest.nullish().meta({ description: 'Another request from there on' }),
  agent: AgentName.nullish().meta({ description: 'Another agent from there on' }),
  model: ModelName.nullish().meta({ description: 'Another model from there on' }),
  step_agents: StepAgentsField,
  prompt_text: words
    .nullish()
    .meta({ description: 'Words for the next agent that is asked from there on, put behind its prompt' }),
};

export const RetrySchema = z
  .object({
    from_step: step.nullish().meta({ description: 'The step that failed, or is next, when absent' }),
    keep_work: z
      .boolean()
      .nullish()
      .meta({ description: 'Go on with what the attempt at implement has made that did not succeed' }),
    ...change,
  })
  .meta({ id: 'Retry' });
export type Retry = z.input<typeof RetrySchema>;

export const RewindSchema = z
  .object({ to_step: step.meta({ description: 'A step that has succeeded; it goes on with the next one' }), ...change })
  .meta({ id: 'Rewind' });
export type Rewind = z.input<typeof RewindSchema>;

export const ForkSchema = z
  .object({
    from_step: step.meta({ description: 'A step that has succeeded; the fork goes on after it' }),
    ...change,
    prompt_text: words.nullish().meta({ description: 'A message for the first attempt at plan or implement' }),
  })
  .meta({ id: 'Fork' });
export type Fork = z.input<typeof ForkSchema>;

export const ApproveSchema = z.object({ comment: words.nullish() }).meta({ id: 'Approve' });
export type Approve = z.input<typeof ApproveSchema>;

export const RejectSchema = z
  .object({ reason: words.meta({ description: 'What shall be otherwise; the next attempt is told it' }) })
  .meta({ id: 'Reject' });
export type Reject = z.input<typeof RejectSchema>;

const MAX_PLAN_CHARACTERS = 500_000;

export const EditPlanSchema = z
  .object({
    markdown: z
      .string()
      .max(MAX_PLAN_CHARACTERS, `It may have at most ${MAX_PLAN_CHARACTERS} characters.`)
      .refine((text) => text.trim() !== '', 'It must not be empty.'),
    version: z.int().nullish().meta({ description: 'The version that was read: 409 when there is another one by now' }),
  })
  .meta({ id: 'EditPlan' });
export type EditPlan = z.input<typeof EditPlanSchema>;

export const DrainSchema = z
  .object({
    draining: z.boolean(),
    running: z.int().meta({ description: 'Work orders whose attempt is not at its end yet' }),
  })
  .meta({ id: 'Drain' });
