import { z } from 'zod';
import { LogLevelSchema } from './logs.ts';

/** What is known of an option beside the form of its value. */
export interface OptionFacts {
  /** The long flag, such as `--port`; null for an option that is never a flag. */
  readonly flag: string | null;
  /** How the help calls the flag's value. */
  readonly placeholder: string;
  readonly environment: string;
  /** The name that the original service gave it, still read; the new name wins. */
  readonly oldEnvironment: string | null;
  readonly description: string;
  /** What a value may be, in words that follow "allowed is". */
  readonly allowed: string;
  /** The default in words, where it is computed from the machine or left to a part of the service. */
  readonly defaultText: string | null;
  /** How a text (a flag, a variable) becomes a value. */
  readonly form: 'text' | 'number' | 'path' | 'names' | 'paths';
  /** A value that is never shown. */
  readonly secret: boolean;
}

/** The ids of the agents that exist, in the order of the registry. */
const AGENT_IDS = ['claude', 'gemini', 'opencode', 'acp', 'command', 'demo'] as const;
const LOG_FORMATS = ['auto', 'json', 'pretty'] as const;
const CONFINEMENTS = ['auto', 'none', 'bubblewrap'] as const;

/** The facts of every option, by its schema. */
const optionFacts = z.registry<OptionFacts>();

const ANY_FACTS = { flag: null, placeholder: 'VALUE', oldEnvironment: null, defaultText: null, secret: false } as const;

function option<Schema extends z.ZodType>(
  schema: Schema,
  facts: Partial<OptionFacts> & Pick<OptionFacts, 'environment' | 'description' | 'allowed' | 'form'>,
): Schema {
  optionFacts.add(schema, { ...ANY_FACTS, ...facts });
  return schema;
}

const text = z.string().min(1);
const optionalPath = () => text.nullable().default(null);
const variableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/);

const programOption = (program: string, environment: string) =>
  option(optionalPath(), {
    environment,
    form: 'text',
    allowed: 'a path, or a name to be found on PATH',
    defaultText: `\`${program}\` on PATH`,
    description: `The program of the agent \`${program}\`.`,
  });
const modelOption = (agent: string, environment: string) =>
  option(text.nullable().default(null), {
    environment,
    form: 'text',
    allowed: 'the name of a model',
    defaultText: 'what the program chooses',
    description: `The model of the agent \`${agent}\` where a work order names none.`,
  });

/** A whole number of seconds, at most a week. */
const seconds = z.int().min(1).max(604_800);
const SECONDS_ALLOWED = 'a whole number of seconds from 1 to 604800 (a week)';

/** Accepts `WARNING` and other spellings of the original service. */
function logLevel(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const level = value.toLowerCase();
  return level === 'warning' ? 'warn' : level;
}

function isWebAddress(value: string): boolean {
  const url = URL.parse(value);
  return url !== null && /^https?:$/.test(url.protocol) && !url.username && !url.password;
}

/** Every option of the service and the command line: what the flags, the environment and the file are checked by. */
export const configurationSchema = z.strictObject({
  port: option(z.int().min(0).max(65_535).default(8888), {
    flag: '--port',
    placeholder: 'PORT',
    environment: 'AWO_PORT',
    form: 'number',
    allowed: 'a whole number from 0 to 65535',
    description: 'The port that the service listens on; 0 takes a free one.',
  }),
  host: option(
    z
      .string()
      .regex(/^[A-Za-z0-9.:_-]+$/)
      .default('127.0.0.1'),
    {
      flag: '--host',
      placeholder: 'ADDRESS',
      environment: 'AWO_HOST',
      form: 'text',
      allowed: 'a host name or an IP address',
      description: 'The address that the service listens on. One that other machines reach needs an API token.',
    },
  ),
  dataDirectory: option(text, {
    flag: '--data-dir',
    placeholder: 'DIR',
    environment: 'AWO_DATA_DIR',
    form: 'path',
    allowed: 'a path',
    defaultText:
      '`agent-work-orders` below `$XDG_DATA_HOME`, else below `~/.local/share` (on macOS `~/Library/Application Support`)',
    description: 'The folder of the database, the working copies and the logs. One service owns it at a time.',
  }),
  apiToken: option(
    z
      .string()
      .regex(/^[\u0021-\u007e]+$/)
      .nullable()
      .default(null),
    {
      environment: 'AWO_API_TOKEN',
      form: 'text',
      secret: true,
      allowed: 'letters, digits and signs of ASCII without a space',
      defaultText: 'none',
      description:
        'When set, every request must carry it as `Authorization: Bearer`. Never a flag, because other users of the machine can read flags.',
    },
  ),
  agent: option(z.enum(AGENT_IDS).nullable().default(null), {
    flag: '--agent',
    placeholder: 'NAME',
    environment: 'AWO_AGENT',
    form: 'text',
    allowed: AGENT_IDS.join(', '),
    defaultText: 'the first agent with a model that is installed and logged in',
    description: 'The agent for work orders that name none.',
  }),
  agentCommand: option(text.nullable().default(null), {
    flag: '--agent-command',
    placeholder: 'COMMAND',
    environment: 'AWO_AGENT_COMMAND',
    form: 'text',
    allowed: 'a program with its arguments',
    defaultText: 'none',
    description:
      'The program of the agent `command`: the prompt on its standard input, the answer on its standard output. Split with the quoting of a shell; nothing is expanded.',
  }),
  agentEnvironment: option(z.array(variableName).default([]), {
    environment: 'AWO_AGENT_ENV',
    form: 'names',
    allowed: 'names of environment variables, separated by commas',
    defaultText: 'none',
    description: 'Names of environment variables that the agent `command` is given beside its own.',
  }),
  geminiCliPath: programOption('gemini', 'AWO_GEMINI_CLI_PATH'),
  geminiModel: modelOption('gemini', 'AWO_GEMINI_MODEL'),
  opencodeCliPath: programOption('opencode', 'AWO_OPENCODE_CLI_PATH'),
  opencodeModel: modelOption('opencode', 'AWO_OPENCODE_MODEL'),
  acpCommand: option(text.nullable().default(null), {
    environment: 'AWO_ACP_COMMAND',
    form: 'text',
    allowed: 'a program with its arguments',
    defaultText: 'none',
    description:
      'The program of the agent `acp`: any that speaks the Agent Client Protocol. Split with the quoting of a shell; nothing is expanded.',
  }),
  acpMode: option(text.nullable().default(null), {
    environment: 'AWO_ACP_MODE',
    form: 'text',
    allowed: 'the id of a mode that the program offers',
    defaultText: 'that of the program',
    description: 'The mode in which the program of the agent `acp` works where it may change things.',
  }),
  acpEnvironment: option(z.array(variableName).default([]), {
    environment: 'AWO_ACP_ENV',
    form: 'names',
    allowed: 'names of environment variables, separated by commas',
    defaultText: 'none',
    description: 'Names of environment variables that the agent `acp` is given beside its own.',
  }),
  acpModelHosts: option(z.array(text).default([]), {
    environment: 'AWO_ACP_HOSTS',
    form: 'names',
    allowed: 'hosts, as `host` or `host:port`, separated by commas',
    defaultText: 'none',
    description: 'Where the model of the agent `acp` is: what it reaches also where the network is an allow-list.',
  }),
  allowLocal: option(z.array(text).default([]), {
    flag: '--allow-local',
    placeholder: 'DIR',
    environment: 'AWO_ALLOW_LOCAL',
    form: 'paths',
    allowed: 'folders, separated by `:` (as a flag: one folder each time)',
    defaultText: 'none',
    description: 'Folders below which local repositories are accepted. The flag may be repeated.',
  }),
  maxRunning: option(z.int().min(1).max(1000), {
    flag: '--max-running',
    placeholder: 'N',
    environment: 'AWO_MAX_RUNNING',
    form: 'number',
    allowed: 'a whole number from 1 to 1000',
    defaultText: 'the number of processor cores, at least 2',
    description: 'How many work orders run at the same time; the others wait in order.',
  }),
  confinement: option(z.enum(CONFINEMENTS).default('auto'), {
    environment: 'AWO_CONFINEMENT',
    form: 'text',
    allowed: CONFINEMENTS.join(', '),
    description:
      'How agents are confined. `auto` takes bubblewrap where it works; `bubblewrap` refuses to start without it; `none` is weaker: a process that hides may outlive its agent.',
  }),
  claudeCliPath: option(optionalPath(), {
    environment: 'AWO_CLAUDE_CLI_PATH',
    oldEnvironment: 'CLAUDE_CLI_PATH',
    form: 'text',
    allowed: 'a path, or a name to be found on PATH',
    defaultText: '`claude` on PATH',
    description: 'The Claude Code program.',
  }),
  claudeModel: option(text.nullable().default(null), {
    environment: 'AWO_CLAUDE_MODEL',
    oldEnvironment: 'CLAUDE_CLI_MODEL',
    form: 'text',
    allowed: 'the name of a model',
    defaultText: "Claude Code's own",
    description: 'The model of Claude Code for work orders that name none.',
  }),
  claudeMaxTurns: option(z.int().min(1).nullable().default(null), {
    environment: 'AWO_CLAUDE_MAX_TURNS',
    oldEnvironment: 'CLAUDE_CLI_MAX_TURNS',
    form: 'number',
    allowed: 'a whole number from 1',
    defaultText: 'no limit',
    description: 'How many turns Claude Code may take in one attempt.',
  }),
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
  commandsDirectory: option(optionalPath(), {
    environment: 'AWO_COMMANDS_DIR',
    oldEnvironment: 'AGENT_WORK_ORDER_COMMANDS_DIR',
    form: 'path',
    allowed: 'a path',
    defaultText: 'none',
    description: 'A folder of prompts that replace the shipped ones of the same name.',
  }),
  temporaryDirectory: option(optionalPath(), {
    environment: 'AWO_TEMP_DIR',
    oldEnvironment: 'AGENT_WORK_ORDER_TEMP_DIR',
    form: 'path',
    allowed: 'a path',
    defaultText: 'the data folder',
    description: 'Where working copies and temporary files are made.',
  }),
  logLevel: option(z.preprocess(logLevel, LogLevelSchema).default('info'), {
    environment: 'AWO_LOG_LEVEL',
    oldEnvironment: 'LOG_LEVEL',
    form: 'text',
    allowed: LogLevelSchema.options.join(', '),
    description: "The least level that the service's own log shows.",
  }),
  logFormat: option(z.enum(LOG_FORMATS).default('auto'), {
    environment: 'AWO_LOG_FORMAT',
    form: 'text',
    allowed: LOG_FORMATS.join(', '),
    description: 'The form of that log. `auto` is `pretty` in a terminal and `json` elsewhere.',
  }),
  demoPace: option(z.number().min(0).max(100).default(1), {
    environment: 'AWO_DEMO_PACE',
    form: 'number',
    allowed: 'a number from 0 to 100',
    description: 'How slowly the agent `demo` works; 0 makes it instant.',
  }),
  url: option(z.string().refine(isWebAddress).nullable().default(null), {
    flag: '--url',
    placeholder: 'URL',
    environment: 'AWO_URL',
    form: 'text',
    allowed: 'an http or https URL without a user name',
    defaultText: 'the service that owns the data folder',
    description: 'The service that the command line talks to.',
  }),
  configFile: option(optionalPath(), {
    flag: '--config',
    placeholder: 'FILE',
    environment: 'AWO_CONFIG',
    form: 'path',
    allowed: 'a path',
    defaultText:
      '`agent-work-orders/config.json` below `$XDG_CONFIG_HOME`, else below `~/.config` (on macOS `~/Library/Application Support`), if it exists',
    description: 'The configuration file. It cannot be named in the file itself.',
  }),
});

/** All options with their values; paths are absolute. */
export type Configuration = Readonly<z.infer<typeof configurationSchema>>;
export type OptionName = keyof Configuration;

export const OPTION_NAMES: readonly OptionName[] = configurationSchema.keyof().options;

export function factsOf(name: OptionName): OptionFacts {
  const facts = optionFacts.get(configurationSchema.shape[name]);
  if (!facts) throw new Error(`the option ${name} has no facts`);
  return facts;
}
