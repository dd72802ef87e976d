import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import type { KnownRepositoryView } from '../../contract/known-repository.ts';
import { WorkOrderError } from '../../domain/errors.ts';
import { isRepositoryId } from '../../domain/ids.ts';
import type { Context } from '../context.ts';
import { EXIT, defineCommand } from '../context.ts';
import { localFolder } from '../local-folder.ts';
import { positive } from '../number-argument.ts';
import type { RepositoriesClient } from '../repositories-client.ts';
import { addClearFlag, addSettingsFlags, settingsOf } from '../repository-settings.ts';
import { repositoriesTable, repositoryFacts } from '../repository-text.ts';
import type { Connection } from '../service.ts';
import { connectToChange, connectToRead, connectToWhatThereIs } from '../service.ts';

const USUAL_LIMIT = 50;

export function defineRepositories(command: Command): void {
  // So that a flag behind the name of a command below is that command's own.
  command
    .enablePositionalOptions()
    .helpCommand('help [command]', 'Show how a command is used.')
    .configureHelp({ subcommandTerm: termOf });
  command.option('--limit <N>', 'How many at most.', positive, USUAL_LIMIT);
  defineCommand(command, {
    examples: [
      'awo repositories',
      'awo repositories add https://github.com/you/shop --agent claude --check "npm test"',
      'awo repositories set https://github.com/you/shop --base-branch develop --clear model',
      'awo repositories --json | jq -r .[].repository_url',
    ],
    run: (context, called) => list(context, called.opts()),
  });
  defineAdd(below(command, 'add <url>', 'Make a repository known, with its defaults.'));
  defineSet(below(command, 'set <repository>', 'Change the defaults of a repository.'));
  defineOne(below(command, 'show <repository>', 'Show a repository with its defaults.'), {
    examples: ['awo repositories show repo-2c8d0q1z', 'awo repositories show . --json'],
    connect: connectToRead,
    act: async (repository) => repository,
  });
  defineOne(below(command, 'verify <repository>', 'Ask the forge again whether it can be read.'), {
    examples: ['awo repositories verify repo-2c8d0q1z'],
    connect: connectToChange,
    act: ({ repository_id }, client) => client.verify(repository_id),
  });
  defineRemove(below(command, 'remove <repository>', 'Forget the defaults of a repository; its work orders stay.'));
}

function termOf(command: Command): string {
  const names = command.registeredArguments.map((each) => (each.required ? `<${each.name()}>` : `[${each.name()}]`));
  return [command.name(), ...names].join(' ');
}

function below(command: Command, nameAndArguments: string, summary: string): Command {
  return command
    .command(nameAndArguments)
    .summary(summary)
    .description(summary)
    .helpOption('-h, --help', 'Show this help.');
}

function defineAdd(command: Command): void {
  addSettingsFlags(command).option('--no-verify', 'Do not ask the forge whether it can be read.');
  defineCommand(command, {
    settings: ['allowLocal'],
    examples: [
      'awo repositories add https://github.com/you/shop --agent claude --model opus --base-branch develop',
      'awo repositories add . --check "npm ci" --check "npm test"',
    ],
    run: async (context, called) => {
      const [given = ''] = called.args;
      const folder = await localFolder(given);
      const { configuration } = context;
      // Who names a folder of his own to a data folder of his own wants it used. A service that runs decides for itself.
      const allowLocal = folder === null ? configuration.allowLocal : [...configuration.allowLocal, dirname(folder)];
      const body = {
        ...settingsOf(called),
        repository_url: folder ?? given,
        verify: called.opts()['verify'] !== false,
      };
      return await withConnection(connectToChange({ ...configuration, allowLocal }), async (client) => {
        tell(context, await client.add(body));
      });
    },
  });
}

function defineSet(command: Command): void {
  addClearFlag(addSettingsFlags(command));
  defineCommand(command, {
    examples: [
      'awo repositories set https://github.com/you/shop --check "npm run lint" --check "npm test"',
      'awo repositories set repo-2c8d0q1z --clear agent --clear model',
    ],
    run: async (context, called) => {
      const settings = settingsOf(called);
      if (Object.keys(settings).length === 0) called.error('error: name what to change, such as --agent or --clear');
      return await withConnection(connectToChange(context.configuration), async (client) => {
        const { repository_id } = await find(client, called);
        tell(context, await client.change(repository_id, settings));
      });
    },
  });
}

function defineRemove(command: Command): void {
  defineCommand(command, {
    examples: ['awo repositories remove repo-2c8d0q1z', 'awo repositories remove https://github.com/you/shop'],
    run: (context, called) =>
      withConnection(connectToChange(context.configuration), async (client) => {
        const repository = await find(client, called);
        await client.remove(repository.repository_id);
        if (context.json) context.print(repository);
        else context.say(`${repository.repository_id} is no longer known; its work orders stay.`);
      }),
  });
}

/** A command that shows one repository after it has done something with it. */
function defineOne(
  command: Command,
  definition: {
    readonly examples: readonly string[];
    readonly connect: (configuration: Context['configuration']) => Promise<Connection>;
    readonly act: (repository: KnownRepositoryView, client: RepositoriesClient) => Promise<KnownRepositoryView>;
  },
): void {
  const { examples, connect, act } = definition;
  defineCommand(command, {
    examples,
    run: (context, called) =>
      withConnection(connect(context.configuration), async (client) => {
        tell(context, await act(await find(client, called), client));
      }),
  });
}

async function list(context: Context, { limit }: { readonly limit: number }): Promise<number> {
  const connection = await connectToWhatThereIs(context.configuration);
  try {
    const found = await connection?.client.repositories.list({ limit });
    const { repositories, more } = found ?? { repositories: [], more: false };
    if (context.json) context.print(repositories);
    else {
      const columns = context.stdout.isTTY ? context.stdout.columns : Number.POSITIVE_INFINITY;
      for (const line of repositoriesTable(repositories, { columns, nowMs: Date.now() })) context.say(line);
      if (repositories.length === 0) context.hint('No repository is known. Add one with: awo repositories add URL');
      if (more) context.hint(`There are more: awo repositories --limit ${limit * 10}`);
    }
  } finally {
    await connection?.close();
  }
  return EXIT.ok;
}

async function withConnection(
  connecting: Promise<Connection>,
  act: (client: RepositoriesClient) => Promise<void>,
): Promise<number> {
  const connection = await connecting;
  try {
    await act(connection.client.repositories);
  } finally {
    await connection.close();
  }
  return EXIT.ok;
}

/** The repository that a command was given by its id, its URL or its folder. Rejects with `repository_not_found`. */
async function find(client: RepositoriesClient, command: Command): Promise<KnownRepositoryView> {
  const [given = ''] = command.args;
  if (isRepositoryId(given)) return await client.show(given);
  const folder = await localFolder(given);
  const repository = await client.find(folder === null ? given : await realpath(folder));
  if (repository) return repository;
  throw new WorkOrderError('repository_not_found', `The repository ${given} is not known.`);
}

function tell(context: Context, repository: KnownRepositoryView): void {
  if (context.json) context.print(repository);
  else for (const line of repositoryFacts(repository)) context.say(line);
}
