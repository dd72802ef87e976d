import { z } from 'zod';
import { GATES } from '../domain/gate.ts';
import { SANDBOX_TYPES } from '../domain/work-order.ts';
import { AGENT_STEP_NAMES, WORKFLOW_TYPES } from '../domain/workflow.ts';

/** In UTF-16 units, as JavaScript counts. */
const MAX_USER_REQUEST_CHARACTERS = 100_000;

/** Sandbox types that older clients know and this service has not, each with the reason. */
const UNAVAILABLE_SANDBOX_TYPES: ReadonlyMap<unknown, string> = new Map([
  ['e2b', 'The sandbox type e2b needs a cloud account; this service runs agents on its own machine.'],
  ['dagger', 'The sandbox type dagger needs a container engine of its own; this service does not drive one.'],
]);

/** Why a sandbox type that others offer is not offered here; null for any other word. */
export function unavailableSandboxType(type: unknown): string | null {
  return UNAVAILABLE_SANDBOX_TYPES.get(type) ?? null;
}

export const UserRequest = z
  .string()
  .max(MAX_USER_REQUEST_CHARACTERS, `It may have at most ${MAX_USER_REQUEST_CHARACTERS} characters.`)
  .refine((text) => text.trim() !== '', 'It must not be empty.');
export const AgentName = line(64);
export const ModelName = line(200);
/** Another agent or model for single steps. */
export const StepAgentsField = z
  .partialRecord(z.enum(AGENT_STEP_NAMES), z.object({ agent: AgentName.nullish(), model: ModelName.nullish() }), {
    // The types do not say that names which are not known come here too.
    error: (issue: { readonly code: string; readonly keys?: unknown }) =>
      Array.isArray(issue.keys)
        ? `Only these steps ask an agent: ${AGENT_STEP_NAMES.join(', ')}; not ${issue.keys.join(', ')}.`
        : undefined,
  })
  .nullish()
  .meta({
    description: 'Another agent or model for single steps, by the name of the step',
    example: { plan: { agent: 'codex', model: null } },
  });

/** `before:` or `after:` and the name of a step. */
const GateSchema = z.enum(GATES, { error: () => 'It must be "before:" or "after:" and the name of a step.' });

/** The body of `POST /agent-work-orders`. Fields that are not named here are ignored; null is the same as absent. */
export const CreateWorkOrderSchema = z
  .object({
    repository_url: line(2_048).meta({
      description: 'An https, ssh or git@host:path URL; a local folder where the service allows it',
      example: 'https://github.com/example/shop',
    }),
    user_request: UserRequest.meta({
      description: 'What shall be done, in plain words',
      example: 'Add a dark mode. See issue #42.',
    }),
    sandbox_type: z
      .enum(SANDBOX_TYPES, { error: ({ input }) => unavailableSandboxType(input) ?? oneOf(SANDBOX_TYPES) })
      .nullish()
      .meta({ description: 'How the working copy is made; git_worktree when absent', example: 'git_worktree' }),
    workflow_type: z
      .enum(WORKFLOW_TYPES, { error: () => oneOf(WORKFLOW_TYPES) })
      .nullish()
      .meta({ description: 'agent_workflow_plan when absent', example: 'agent_workflow_plan' }),
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
    base_branch: line(255).nullish().meta({
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
  })
  .meta({ id: 'CreateWorkOrder' });
export type CreateWorkOrder = z.input<typeof CreateWorkOrderSchema>;

/** Text of one line. */
function line(maxCharacters: number) {
  return z
    .string()
    .min(1, 'It must not be empty.')
    .max(maxCharacters, `It may have at most ${maxCharacters} characters.`)
    .regex(/^\P{Cc}*$/u, 'It must be one line without control characters.');
}

function oneOf(values: readonly string[]): string {
  return `It must be ${values.map((value) => `"${value}"`).join(' or ')}.`;
}
