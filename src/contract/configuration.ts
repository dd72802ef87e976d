import { z } from 'zod';
import type { Fault } from '../domain/errors.ts';
import { WorkOrderError } from '../domain/errors.ts';
import type { Configuration, OptionName } from './configuration-options.ts';
import type { OptionFacts } from './option.ts';
import { OPTION_NAMES, configurationSchema, factsOf } from './configuration-options.ts';
import { nearest } from './nearest.ts';

export type { Configuration, OptionName } from './configuration-options.ts';

export interface ConfigurationSources {
  /** By option name; a text, or texts for a flag that may be repeated. What is undefined was not given. */
  readonly flags: { readonly [Name in OptionName]?: string | readonly string[] | undefined };
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The parsed configuration file with the path it came from, or null when there is none. */
  readonly file: { readonly path: string; readonly content: unknown } | null;
  /** What depends on the machine, which this function cannot know. */
  readonly defaults: Pick<Configuration, 'dataDirectory' | 'maxRunning'>;
}

/** A value with the place it came from, as a person would name that place. */
interface Given {
  readonly value: unknown;
  readonly source: string;
}

/** Variables that hold a token for a host that is known without configuration or the secret of its webhooks, or lead to one. */
const FORGE_SECRETS = [
  'GITHUB_APP_PRIVATE_KEY_FILE',
  ...['GITHUB', 'GH', 'GITLAB', 'GITEA', 'CODEBERG'].flatMap((name) => [`${name}_TOKEN`, `${name}_WEBHOOK_SECRET`]),
];

/** What the service gives to its agents: no settings, but present when an agent calls the command line. */
const AGENT_VARIABLES: ReadonlySet<string> = new Set([
  'AWO_WORK_ORDER_ID',
  'AWO_STEP',
  'AWO_AGENT_NAME',
  'AWO_ATTEMPT',
  'AWO_PROCESS_MARKER',
]);

/**
 * Puts the configuration together: flags before environment before file before defaults. Throws
 * `configuration_invalid` with every fault: where the value came from, and what is allowed there. An empty
 * environment variable counts as not set.
 */
export function readConfiguration(sources: ConfigurationSources): Configuration {
  const faults: Fault[] = [...unknownVariables(sources.environment), ...unknownKeys(sources.file)];
  const values: Record<string, unknown> = { ...sources.defaults };
  const given = new Map<OptionName, Given>();
  for (const name of OPTION_NAMES) {
    const found = find(name, sources);
    if (!found) continue;
    given.set(name, found);
    const parsed = configurationSchema.shape[name].safeParse(found.value);
    if (parsed.success) values[name] = parsed.data;
    else faults.push({ path: found.source, message: misfit(factsOf(name), found.value) });
  }
  const complete = configurationSchema.safeParse(values);
  if (complete.success) faults.push(...contradictions(complete.data, given));
  const [first] = faults;
  if (first) {
    const summary = faults.length === 1 ? `${first.path} ${first.message}` : `${faults.length} settings do not fit.`;
    throw new WorkOrderError('configuration_invalid', summary, { faults });
  }
  if (!complete.success) throw new Error(z.prettifyError(complete.error));
  return complete.data;
}

/** True for an address that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|::1|\[::1\])$/i.test(host);
}

function find(name: OptionName, { flags, environment, file }: ConfigurationSources): Given | null {
  const facts = factsOf(name);
  const flag = flags[name];
  if (flag !== undefined) return { value: fromFlag(facts, flag), source: facts.flag ?? name };
  for (const variable of [facts.environment, facts.oldEnvironment]) {
    const text = variable === null ? undefined : environment[variable];
    if (variable && text) return { value: fromText(facts, text), source: variable };
  }
  // `null` in the file says the same as an absent key.
  const kept = name === 'configFile' ? null : (recordOf(file?.content)?.[name] ?? null);
  return kept === null || !file ? null : { value: kept, source: `${name} in ${file.path}` };
}

function fromFlag(facts: OptionFacts, flag: string | readonly string[]): unknown {
  if (typeof flag === 'string') return fromText(facts, flag);
  // A repeated flag is one item each time, so that a folder may have a colon in its name.
  return facts.form === 'paths' ? flag : flag.flatMap((text) => fromText(facts, text));
}

function fromText({ form }: OptionFacts, text: string): unknown {
  switch (form) {
    case 'number':
      return /^\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text) : text;
    case 'json':
      return jsonOf(text);
    case 'names':
      return items(text, ',');
    case 'paths':
      return items(text, ':');
    case 'text':
    case 'path':
      return text;
  }
}

/** A text that is no JSON stays a text, which then does not fit. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function items(text: string, separator: string): string[] {
  return text
    .split(separator)
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function misfit(facts: OptionFacts, value: unknown): string {
  const shown = facts.secret ? 'does not fit' : `is ${JSON.stringify(value)}`;
  const near =
    typeof value === 'string' && facts.allowed.includes(', ') ? nearest(value, facts.allowed.split(', ')) : null;
  return `${shown}; allowed is ${facts.allowed}${near ? `. Did you mean ${near}?` : ''}`;
}

function unknownVariables(environment: ConfigurationSources['environment']): readonly Fault[] {
  const known = OPTION_NAMES.map((name) => factsOf(name).environment);
  return Object.keys(environment)
    .filter((name) => name.startsWith('AWO_') && !known.includes(name) && !AGENT_VARIABLES.has(name))
    .map((name) => ({ path: name, message: unknown(name, known) }));
}

function unknownKeys(file: ConfigurationSources['file']): readonly Fault[] {
  if (!file) return [];
  const content = recordOf(file.content);
  if (!content) return [{ path: file.path, message: 'must be a JSON object with a key for each setting' }];
  const known = OPTION_NAMES.filter((name) => name !== 'configFile');
  return Object.keys(content)
    .filter((key) => !known.some((name) => name === key))
    .map((key) => ({ path: `${key} in ${file.path}`, message: unknown(key, known) }));
}

function unknown(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return near ? `is not a setting. Did you mean ${near}?` : `is not a setting; there are ${known.join(', ')}`;
}

/** Values that fit each by itself, but not together. */
function contradictions(configuration: Configuration, given: ReadonlyMap<OptionName, Given>): readonly Fault[] {
  const faults: Fault[] = [];
  const { host, apiToken, agent, agentCommand, forges } = configuration;
  if (!isLoopback(host) && apiToken === null) {
    const message =
      `is ${host}, which other machines can reach, and there is no token. Set AWO_API_TOKEN to a long random text ` +
      '(as "openssl rand -hex 32" makes one), or listen on 127.0.0.1';
    faults.push({ path: given.get('host')?.source ?? 'host', message });
  }
  if (agent === 'command' && agentCommand === null) {
    const message = 'is command, and no program is named. Name it with --agent-command or AWO_AGENT_COMMAND';
    faults.push({ path: given.get('agent')?.source ?? 'agent', message });
  }
  const named = forges.flatMap(({ tokenEnvironment, webhookSecretEnvironment }) => [
    tokenEnvironment ?? [],
    webhookSecretEnvironment ?? [],
  ]);
  const secrets = new Set([...FORGE_SECRETS, ...named.flat()]);
  for (const option of ['agentEnvironment', 'acpEnvironment'] as const) {
    const leaked = configuration[option].filter((name) => secrets.has(name));
    if (leaked.length === 0) continue;
    const message = `names ${leaked.join(', ')}, which holds a token or a secret for repositories; agents are never given one`;
    faults.push({ path: given.get(option)?.source ?? option, message });
  }
  return faults;
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
}
