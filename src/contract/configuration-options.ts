import { z } from 'zod';
import { agentOptions } from './agent-options.ts';
import { attemptOptions } from './attempt-options.ts';
import { budgetOptions } from './budget-options.ts';
import { confinementOptions } from './confinement-options.ts';
import { forgeOptions } from './forge-options.ts';
import { intakeOptions } from './intake-options.ts';
import { LogLevelSchema } from './logs.ts';
import type { OptionFacts } from './option.ts';
import { factsOfSchema, option, optionalText, text } from './option.ts';
import { workingCopyOptions } from './working-copy-options.ts';

const LOG_FORMATS = ['auto', 'json', 'pretty'] as const;

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

/** What git can write into a commit as it is. */
const identityText = z.string().regex(/^[^<>\p{Cc}\s](?:[^<>\p{Cc}]*[^<>\p{Cc}\s])?$/u);

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
  ...agentOptions,
  allowLocal: option(z.array(text).default([]), {
    flag: '--allow-local',
    placeholder: 'DIR',
    environment: 'AWO_ALLOW_LOCAL',
    form: 'paths',
    allowed: 'folders, separated by `:` (as a flag: one folder each time)',
    defaultText: 'none',
    description: 'Folders below which local repositories are accepted. The flag may be repeated.',
  }),
  ...forgeOptions,
  ...intakeOptions,
  maxRunning: option(z.int().min(1).max(1000), {
    flag: '--max-running',
    placeholder: 'N',
    environment: 'AWO_MAX_RUNNING',
    form: 'number',
    allowed: 'a whole number from 1 to 1000',
    defaultText: 'the number of processor cores, at least 2',
    description: 'How many work orders run at the same time; the others wait in order.',
  }),
  ...confinementOptions,
  ...attemptOptions,
  ...budgetOptions,
  commitName: option(identityText.default('Agent Work Orders'), {
    environment: 'AWO_COMMIT_NAME',
    form: 'text',
    allowed: 'a name without angle brackets',
    description: 'The name that commits of the service are by.',
  }),
  commitEmail: option(identityText.default('agent-work-orders@localhost'), {
    environment: 'AWO_COMMIT_EMAIL',
    form: 'text',
    allowed: 'an address without angle brackets',
    description: 'The address that commits of the service are by.',
  }),
  commitSigningKey: option(optionalText(), {
    environment: 'AWO_COMMIT_SIGNING_KEY',
    form: 'path',
    allowed: 'a path',
    defaultText: 'none; commits are not signed',
    description:
      'The file of a private SSH key (ed25519 or RSA, without a passphrase) that commits of the service are signed with. It is tried at the start.',
  }),
  temporaryDirectory: option(optionalText(), {
    environment: 'AWO_TEMP_DIR',
    oldEnvironment: 'AGENT_WORK_ORDER_TEMP_DIR',
    form: 'path',
    allowed: 'a path',
    defaultText: 'the data folder',
    description: 'Where working copies and temporary files are made.',
  }),
  ...workingCopyOptions,
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
  url: option(z.string().refine(isWebAddress).nullable().default(null), {
    flag: '--url',
    placeholder: 'URL',
    environment: 'AWO_URL',
    form: 'text',
    allowed: 'an http or https URL without a user name',
    defaultText: 'the service that owns the data folder',
    description: 'The service that the command line talks to.',
  }),
  configFile: option(optionalText(), {
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
  const facts = factsOfSchema(configurationSchema.shape[name]);
  if (!facts) throw new Error(`the option ${name} has no facts`);
  return facts;
}
