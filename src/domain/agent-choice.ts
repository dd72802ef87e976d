import { MAX_CHECKS, MAX_CHECK_CHARACTERS } from './check.ts';
import { WorkOrderError } from './errors.ts';
import type { StepName } from './workflow.ts';
import { STEP_NAMES } from './workflow.ts';

/** An agent program and the model that it is to use; null leaves it to whoever is asked next. */
export interface AgentWish {
  readonly agent: string | null;
  readonly model: string | null;
}

export type StepAgents = { readonly [Step in StepName]?: AgentWish };

/** What one source wants: for the whole work order, and for single steps. */
export interface AgentWishes {
  readonly general: AgentWish;
  readonly steps: StepAgents;
}

/** What a target repository says in its own settings. */
export interface TargetSettings {
  readonly wishes: AgentWishes;
  /** Commands that say whether a change is good, in the order in which they run. */
  readonly checks: readonly string[];
}

/** Which agent program carries out an attempt, and who wanted it so. */
export interface AgentChoice {
  readonly agent: string;
  /** Null for the agent's own default. */
  readonly model: string | null;
  /** `repository` is the target repository by its own settings, `known_repository` by the defaults that are kept here. */
  readonly chosen_by: 'request' | 'known_repository' | 'repository' | 'service' | 'fallback';
}

const NOTHING: AgentWish = { agent: null, model: null };

/**
 * The request goes before the defaults of a known repository, these before what the target repository says itself, and
 * that before the service; within each, the step before the whole.
 * A model counts only for the agent it was named with: a name of one program's model means nothing to another.
 */
export function chooseAgent(input: {
  readonly step: StepName;
  readonly request: AgentWishes;
  readonly known_repository: AgentWishes;
  readonly repository: AgentWishes;
  readonly service: AgentWishes & { readonly general: { readonly agent: string } };
}): AgentChoice {
  const { step, service } = input;
  const sources = (['request', 'known_repository', 'repository', 'service'] as const).flatMap((chosen_by) => {
    const { steps, general } = input[chosen_by];
    return [steps[step] ?? NOTHING, general].map(({ agent, model }) => ({ agent, model, chosen_by }));
  });
  const first = sources.find(({ agent }) => agent !== null);
  const agent = first?.agent ?? service.general.agent;
  const model = sources.find((wish) => wish.model !== null && (wish.agent ?? agent) === agent)?.model ?? null;
  return { agent, model, chosen_by: first?.chosen_by ?? 'service' };
}

/** Where a target repository keeps what it wants of the service. */
export const REPOSITORY_SETTINGS_PATH = '.agent-work-orders/settings.json';

/**
 * Reads the settings of a target repository: `{"agent": …, "model": …, "steps": {"plan": {"agent": …, "model": …}},
 * "checks": [COMMAND, …]}`, each key optional, a model only beside its agent. Throws `repository_settings_invalid`,
 * naming what does not fit.
 */
export function targetSettingsIn(text: string): TargetSettings {
  const settings = objectOf(parsed(text), 'it');
  const { agent: _agent, model: _model, steps = {}, checks = [], ...unknown } = settings;
  refuseUnknown(unknown, 'it');
  const wishes: { [Step in StepName]?: AgentWish } = {};
  for (const [name, value] of Object.entries(objectOf(steps, '"steps"'))) {
    const step = STEP_NAMES.find((candidate) => candidate === name);
    if (!step) throw invalid(`"steps" names the step "${name}", which does not exist`);
    const wish = objectOf(value, `"steps.${name}"`);
    const { agent: _of, model: _with, ...more } = wish;
    refuseUnknown(more, `"steps.${name}"`);
    wishes[step] = wishIn(wish, `steps.${name}.`);
  }
  return { wishes: { general: wishIn(settings, ''), steps: wishes }, checks: checksIn(checks) };
}

function checksIn(value: unknown): readonly string[] {
  if (!Array.isArray(value) || value.length > MAX_CHECKS) {
    throw invalid(`"checks" is not a list of at most ${MAX_CHECKS} commands`);
  }
  return value.map((command: unknown, index) => {
    if (typeof command === 'string' && isCommand(command)) return command;
    throw invalid(`"checks[${index}]" is no command of one line with at most ${MAX_CHECK_CHARACTERS} characters`);
  });
}

function isCommand(text: string): boolean {
  return text.trim() !== '' && text.length <= MAX_CHECK_CHARACTERS && /^\P{Cc}*$/u.test(text);
}

function wishIn(fields: Readonly<Record<string, unknown>>, where: string): AgentWish {
  const agent = nameIn(fields, 'agent', where);
  const model = nameIn(fields, 'model', where);
  if (model !== null && agent === null) throw invalid(`"${where}model" needs "${where}agent" beside it`);
  return { agent, model };
}

function nameIn(fields: Readonly<Record<string, unknown>>, key: string, where: string): string | null {
  const value = fields[key] ?? null;
  if (value === null || (typeof value === 'string' && /^[^\p{Cc}\s-]\P{Cc}{0,199}$/u.test(value))) return value;
  throw invalid(`"${where}${key}" is no name`);
}

function refuseUnknown(fields: Readonly<Record<string, unknown>>, where: string): void {
  const [key] = Object.keys(fields);
  if (key !== undefined) throw invalid(`${where} has the key "${key}", which is not known`);
}

function objectOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw invalid(`${what} is not an object`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('it is not JSON');
  }
}

function invalid(what: string): WorkOrderError {
  return new WorkOrderError(
    'repository_settings_invalid',
    `${REPOSITORY_SETTINGS_PATH} of the target repository cannot be used: ${what}.`,
  );
}
