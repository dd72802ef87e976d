import { readFile } from 'node:fs/promises';
import { availableParallelism, homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { Option } from 'commander';
import { readConfiguration } from '../contract/configuration.ts';
import type { Configuration, OptionName } from '../contract/configuration.ts';
import { OPTION_NAMES, configurationSchema, factsOf } from '../contract/configuration-options.ts';
import { WorkOrderError } from '../domain/errors.ts';
import { collect } from './collect.ts';

export type Environment = Readonly<Record<string, string | undefined>>;
type Flags = { [Name in OptionName]?: string | readonly string[] };

/** Which settings are flags of a command, so that they can be read back from what was parsed. */
const settingsOf = new WeakMap<Command, readonly OptionName[]>();

/** Gives a command the flags of some settings, described as the configuration describes them. */
export function addSettings(command: Command, names: readonly OptionName[]): Command {
  for (const name of names) command.addOption(optionOf(name));
  settingsOf.set(command, names);
  return command;
}

/** The configuration from a command's flags, the environment and the file. Throws `configuration_invalid`. */
export async function configurationOf(command: Command, environment: Environment): Promise<Configuration> {
  const flags: Flags = {};
  const given: Readonly<Record<string, unknown>> = command.opts();
  for (const name of settingsOf.get(command) ?? []) {
    const value = given[optionOf(name).attributeName()];
    if (typeof value === 'string' || isTexts(value)) flags[name] = value;
  }
  const file = await configurationFile(flags, environment);
  const configuration = readConfiguration({
    flags,
    environment,
    file,
    defaults: {
      dataDirectory: join(homeFolder(environment, 'XDG_DATA_HOME', '.local/share'), 'agent-work-orders'),
      maxRunning: Math.max(2, availableParallelism()),
    },
  });
  return withAbsolutePaths(configuration, process.cwd());
}

function optionOf(name: OptionName): Option {
  const facts = factsOf(name);
  const byDefault: unknown = configurationSchema.shape[name].safeParse(undefined).data;
  const shownDefault = facts.defaultText?.replaceAll('`', '') ?? String(byDefault);
  const description = `${facts.description.replaceAll('`', '')} Default: ${shownDefault}. Also ${facts.environment}.`;
  const option = new Option(`${facts.flag} <${facts.placeholder}>`, description);
  return facts.form === 'paths' ? option.argParser(collect) : option;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** The file that was named, which must exist, or the one of the user's, which need not. */
async function configurationFile(flags: Flags, environment: Environment) {
  const named = typeof flags.configFile === 'string' ? flags.configFile : environment['AWO_CONFIG'];
  const usual = join(homeFolder(environment, 'XDG_CONFIG_HOME', '.config'), 'agent-work-orders', 'config.json');
  const path = resolve(named || usual);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (!named && isMissing(cause)) return null;
    throw new WorkOrderError('configuration_invalid', `The configuration file ${path} cannot be read.`, { cause });
  }
  try {
    const content: unknown = JSON.parse(text);
    return { path, content: withAbsolutePaths(content, dirname(path)) };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new WorkOrderError('configuration_invalid', `The configuration file ${path} is not JSON: ${why}.`, { cause });
  }
}

/** Copies settings with each path made absolute; what is no path stays, also when it does not fit. */
function withAbsolutePaths<Settings>(settings: Settings, from: string): Settings {
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) return settings;
  const absolute: Record<string, unknown> = {};
  for (const name of OPTION_NAMES) {
    const value: unknown = Reflect.get(settings, name);
    const { form } = factsOf(name);
    if (form === 'path' && typeof value === 'string' && value) absolute[name] = resolve(from, value);
    if (form === 'paths' && isTexts(value)) absolute[name] = value.map((path) => resolve(from, path));
  }
  return { ...settings, ...absolute };
}

function homeFolder(environment: Environment, variable: string, otherwise: string): string {
  const folder = environment[variable];
  if (folder) return resolve(folder);
  return process.platform === 'darwin' ? join(homedir(), 'Library', 'Application Support') : join(homedir(), otherwise);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
