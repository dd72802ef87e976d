import { z } from 'zod';
import { MAX_CHECKS, MAX_CHECK_CHARACTERS } from '../domain/check.ts';
import { SANDBOX_TYPES } from '../domain/work-order.ts';
import { AGENT_STEP_NAMES, WORKFLOW_TYPES } from '../domain/workflow.ts';

/*
 * Fields that a request and the defaults of a known repository have in common, refused in the same words.
 */

/** Sandbox types that older clients know and this service has not, each with the reason. */
const UNAVAILABLE_SANDBOX_TYPES: ReadonlyMap<unknown, string> = new Map([
  ['e2b', 'The sandbox type e2b needs a cloud account; this service runs agents on its own machine.'],
  ['dagger', 'The sandbox type dagger needs a container engine of its own; this service does not drive one.'],
]);

/** Why a sandbox type that others offer is not offered here; null for any other word. */
export function unavailableSandboxType(type: unknown): string | null {
  return UNAVAILABLE_SANDBOX_TYPES.get(type) ?? null;
}

export const RepositoryUrlField = line(2_048).meta({
  description: 'An https, ssh or git@host:path URL; a local folder where the service allows it',
  example: 'https://github.com/example/shop',
});

export const SandboxTypeField = z.enum(SANDBOX_TYPES, {
  error: ({ input }) => unavailableSandboxType(input) ?? oneOf(SANDBOX_TYPES),
});

export const WorkflowTypeField = z.enum(WORKFLOW_TYPES, { error: () => oneOf(WORKFLOW_TYPES) });

export const AgentName = line(64);
export const ModelName = line(200);
export const BranchName = line(255);

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

export const ChecksField = z
  .array(
    line(MAX_CHECK_CHARACTERS).refine((text) => text.trim() !== '', 'It must not be empty.'),
    'It must be a list of commands.',
  )
  .max(MAX_CHECKS, `There may be at most ${MAX_CHECKS}.`)
  .nullish();

/** Text of one line. */
export function line(maxCharacters: number) {
  return z
    .string()
    .min(1, 'It must not be empty.')
    .max(maxCharacters, `It may have at most ${maxCharacters} characters.`)
    .regex(/^\P{Cc}*$/u, 'It must be one line without control characters.');
}

function oneOf(values: readonly string[]): string {
  return `It must be ${values.map((value) => `"${value}"`).join(' or ')}.`;
}
