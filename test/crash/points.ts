import { STEP_NAMES } from '../../src/domain/workflow.ts';

/** The steps that ask the agent of these tests. */
export const AGENT_STEPS = ['classify', 'plan', 'implement'] as const;

/** Every race point of the engine, at every step where it is passed. */
export const POINTS: readonly [string, ...string[]] = [
  'after_claim',
  'after_started',
  'after_sandbox_created:classify',
  ...STEP_NAMES.map((step) => `after_attempt_started:${step}`),
  ...AGENT_STEPS.map((step) => `after_agent:${step}`),
  ...AGENT_STEPS.map((step) => `after_checkpoint:${step}`),
  ...STEP_NAMES.map((step) => `after_attempt_finished:${step}`),
  'before_push:create_pr',
  'after_push:create_pr',
  'after_pull_request:create_pr',
  'before_close',
  'before_terminal',
];
