import { z } from 'zod';
import { AGENT_STEP_NAMES } from '../domain/workflow.ts';
import { AGENT_IDS } from './agent-options.ts';
import { option, optionalText, text } from './option.ts';

const money = z.number().positive().max(1_000_000);
const tokens = z.int().min(1);
const MONEY_ALLOWED = 'a number of US dollars greater than 0';

/** A whole number of seconds, at most a week. */
const seconds = z.int().min(1).max(604_800);
const SECONDS_ALLOWED = 'a whole number of seconds from 1 to 604800 (a week)';

const CHECK_FAILURES = ['fail', 'draft'] as const;
const IMPLEMENT_SESSIONS = ['clean', 'planner'] as const;

const stepSettings = z
  .strictObject({
    agent: z.enum(AGENT_IDS).optional(),
    model: text.optional(),
    firstActivitySeconds: seconds.optional(),
    idleSeconds: seconds.optional(),
    attemptTimeoutSeconds: seconds.optional(),
    maxTurns: z.int().min(1).optional(),
    maxCostUsd: money.optional(),
    maxTokens: tokens.optional(),
  })
  .refine(({ agent, model }) => model === undefined || agent !== undefined);

/** What an attempt of an agent may take, where it begins, and what differs in single steps. */
export const attemptOptions = {
  attemptTimeoutSeconds: option(seconds.default(3600), {
    environment: 'AWO_ATTEMPT_TIMEOUT',
    oldEnvironment: 'AGENT_WORK_ORDER_TIMEOUT',
    form: 'number',
    allowed: SECONDS_ALLOWED,
    description: 'How long one attempt of an agent may take, in seconds.',
  }),
  firstActivitySeconds: option(seconds.nullable().default(null), {
    environment: 'AWO_FIRST_ACTIVITY_TIMEOUT',
    form: 'number',
    allowed: SECONDS_ALLOWED,
    defaultText: "the agent's own",
    description: 'How long an agent may take until it says something for the first time, in seconds.',
  }),
  idleSeconds: option(seconds.nullable().default(null), {
    environment: 'AWO_IDLE_TIMEOUT',
    form: 'number',
    allowed: SECONDS_ALLOWED,
    defaultText: "the agent's own",
    description: 'How long an agent may say nothing, in seconds.',
  }),
  maxTurns: option(z.int().min(1).nullable().default(null), {
    environment: 'AWO_MAX_TURNS',
    form: 'number',
    allowed: 'a whole number from 1',
    defaultText: 'no limit',
    description: 'How many turns of its model an agent may take in one attempt, where the agent can be held to it.',
  }),
  maxCostUsd: option(money.nullable().default(null), {
    environment: 'AWO_MAX_COST_USD',
    form: 'number',
    allowed: MONEY_ALLOWED,
    defaultText: 'no limit',
    description: 'How much one attempt of an agent may cost, in US dollars, where the agent tells it.',
  }),
  maxTokens: option(tokens.nullable().default(null), {
    environment: 'AWO_MAX_TOKENS',
    form: 'number',
    allowed: 'a whole number from 1',
    defaultText: 'no limit',
    description: 'How many tokens one attempt of an agent may use, input and output, where the agent tells it.',
  }),
  retryForMinutes: option(z.int().min(0).max(20_160).default(1_440), {
    environment: 'AWO_RETRY_FOR',
    form: 'number',
    allowed: 'a whole number of minutes from 0 to 20160 (two weeks)',
    description:
      'How long a step is tried again after failures that pass by themselves (a limit or an overload of the model, a forge that is away, a full disk), in minutes from the first of them. Meanwhile the work order is `waiting`. 0 tries once.',
  }),
  checkTimeoutSeconds: option(seconds.default(900), {
    environment: 'AWO_CHECK_TIMEOUT',
    form: 'number',
    allowed: SECONDS_ALLOWED,
    description: 'How long one check of a repository may take, in seconds.',
  }),
  checkAttempts: option(z.int().min(0).max(20).default(2), {
    environment: 'AWO_CHECK_ATTEMPTS',
    form: 'number',
    allowed: 'a whole number from 0 to 20',
    description: 'How often a change goes back to the agent after a check has failed.',
  }),
  onCheckFailure: option(z.enum(CHECK_FAILURES).default('fail'), {
    environment: 'AWO_ON_CHECK_FAILURE',
    form: 'text',
    allowed: CHECK_FAILURES.join(', '),
    description:
      'What follows when a check still fails then: `fail` ends the work order with `check_failed`; `draft` opens a draft that says so.',
  }),
  steps: option(z.partialRecord(z.enum(AGENT_STEP_NAMES), stepSettings).default({}), {
    environment: 'AWO_STEPS',
    form: 'json',
    allowed: `an object with a key for each step (${AGENT_STEP_NAMES.join(', ')}) and in it ${Object.keys(stepSettings.shape).join(', ')}`,
    defaultText: 'none',
    description:
      'What differs in single steps: another agent (with its model), other limits. For example `{"plan": {"agent": "codex", "idleSeconds": 900}}`.',
  }),
  implementSession: option(z.enum(IMPLEMENT_SESSIONS).default('clean'), {
    environment: 'AWO_IMPLEMENT_SESSION',
    form: 'text',
    allowed: IMPLEMENT_SESSIONS.join(', '),
    description:
      'Where the implementor begins: `clean` knows the plan alone; `planner` goes on in a copy of the session in which the plan was made, when both steps have the same agent and it can resume.',
  }),
  commandsDirectory: option(optionalText(), {
    environment: 'AWO_COMMANDS_DIR',
    oldEnvironment: 'AGENT_WORK_ORDER_COMMANDS_DIR',
    form: 'path',
    allowed: 'a path',
    defaultText: 'none',
    description: 'A folder of prompts that replace the shipped ones of the same name.',
  }),
};
