import type { Command } from 'commander';
import type { Configuration, OptionName } from '../contract/configuration.ts';
import { addSettings, configurationOf } from './settings.ts';
import { jsonLine } from './text.ts';

/** What a command works with. */
export interface Context {
  readonly configuration: Configuration;
  readonly json: boolean;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** True when colours are wanted on standard output. */
  readonly color: boolean;
  /** A line for the person; nothing with `--json`. */
  readonly say: (line?: string) => void;
  /** A line for the person that is not the result, on standard error. */
  readonly hint: (line: string) => void;
  /** A value as one line of JSON. */
  readonly print: (value: unknown) => void;
}

/** How a command ends: the exit code of the program. */
export const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** What every command can be told. */
const SHARED_SETTINGS: readonly OptionName[] = ['url', 'dataDirectory', 'configFile'];

/** Finishes the definition of a command: its shared flags, its examples, and what it does. */
export function defineCommand(
  command: Command,
  definition: {
    readonly settings?: readonly OptionName[];
    /** Settings without those that make no sense here, such as `url` for `serve`. */
    readonly without?: readonly OptionName[];
    readonly examples: readonly string[];
    /** Resolves with the exit code. */
    readonly run: (context: Context, command: Command) => Promise<number>;
  },
): void {
  const shared = SHARED_SETTINGS.filter((name) => !definition.without?.includes(name));
  addSettings(command, [...(definition.settings ?? []), ...shared]);
  command.option('--json', 'Print JSON for a program to read.');
  command.addHelpText('after', `\nExamples:\n${definition.examples.map((example) => `  ${example}`).join('\n')}`);
  command.action(async () => {
    process.exitCode = await definition.run(await contextOf(command), command);
  });
}

async function contextOf(command: Command): Promise<Context> {
  const { stdin, stdout, stderr, env } = process;
  const json = command.opts()['json'] === true;
  return {
    configuration: await configurationOf(command, env),
    json,
    stdin,
    stdout,
    stderr,
    color: stdout.isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb',
    say: (line = '') => {
      if (!json) stdout.write(`${line}\n`);
    },
    hint: (line) => {
      stderr.write(`${line}\n`);
    },
    print: (value) => {
      stdout.write(`${jsonLine(value)}\n`);
    },
  };
}
