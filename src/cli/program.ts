import { Command } from 'commander';

/** Only the command that is called is loaded: the others need no more than their line in the help. */
const COMMANDS: readonly {
  readonly name: string;
  readonly arguments?: string;
  readonly summary: string;
  readonly load: () => Promise<(command: Command) => void>;
}[] = [
  {
    name: 'serve',
    summary: 'Run the service.',
    load: async () => (await import('./commands/serve.ts')).defineServe,
  },
  {
    name: 'run',
    arguments: '<repository> <request>',
    summary: 'Create a work order and watch it to its end.',
    load: async () => (await import('./commands/run.ts')).defineRun,
  },
  {
    name: 'list',
    summary: 'List work orders, newest first.',
    load: async () => (await import('./commands/list.ts')).defineList,
  },
  {
    name: 'show',
    arguments: '<id>',
    summary: 'Show everything about one work order.',
    load: async () => (await import('./commands/show.ts')).defineShow,
  },
  {
    name: 'watch',
    arguments: '<id>',
    summary: 'Watch the steps of a work order.',
    load: async () => (await import('./commands/watch.ts')).defineWatch,
  },
  {
    name: 'logs',
    arguments: '<id>',
    summary: 'Print what agents and service said.',
    load: async () => (await import('./commands/logs.ts')).defineLogs,
  },
  {
    name: 'why',
    arguments: '<id>',
    summary: 'Say what happened to a work order, why, and what to do.',
    load: async () => (await import('./commands/why.ts')).defineWhy,
  },
  {
    name: 'cancel',
    arguments: '<id>',
    summary: 'Cancel a work order.',
    load: async () => (await import('./commands/cancel.ts')).defineCancel,
  },
  {
    name: 'retry',
    arguments: '<id>',
    summary: 'Take a work order up again, from a step on.',
    load: async () => (await import('./commands/retry.ts')).defineRetry,
  },
  {
    name: 'rewind',
    arguments: '<id>',
    summary: 'Take a work order back to the end of a step.',
    load: async () => (await import('./commands/rewind.ts')).defineRewind,
  },
  {
    name: 'fork',
    arguments: '<id>',
    summary: 'Make a new work order that goes on from the end of a step.',
    load: async () => (await import('./commands/fork.ts')).defineFork,
  },
  {
    name: 'plan',
    arguments: '<id>',
    summary: 'Print the plan, or write its next version.',
    load: async () => (await import('./commands/plan.ts')).definePlan,
  },
  {
    name: 'approve',
    arguments: '<id>',
    summary: 'Approve what a work order waits with.',
    load: async () => (await import('./commands/approve.ts')).defineApprove,
  },
  {
    name: 'reject',
    arguments: '<id>',
    summary: 'Reject it, with a reason that the next attempt is told.',
    load: async () => (await import('./commands/reject.ts')).defineReject,
  },
  {
    name: 'prompt',
    arguments: '<id> <text>',
    summary: 'Send the agent of a work order a message.',
    load: async () => (await import('./commands/prompt.ts')).definePrompt,
  },
  {
    name: 'prompts',
    arguments: '<id> [text]',
    summary: 'List the messages for the agent, change one or take it back.',
    load: async () => (await import('./commands/prompt.ts')).definePrompts,
  },
  {
    name: 'pause',
    arguments: '<id>',
    summary: 'Let a work order wait when its running attempt has ended.',
    load: async () => (await import('./commands/pause.ts')).definePause,
  },
  {
    name: 'resume',
    arguments: '<id>',
    summary: 'Let a paused work order go on.',
    load: async () => (await import('./commands/pause.ts')).defineResume,
  },
  {
    name: 'budget',
    arguments: '[id]',
    summary: 'Show what was spent, or change what a work order may spend.',
    load: async () => (await import('./commands/budget.ts')).defineBudget,
  },
  {
    name: 'gc',
    summary: 'Clear away what ended work orders have left on the disk.',
    load: async () => (await import('./commands/gc.ts')).defineGc,
  },
  {
    name: 'backup',
    arguments: '<file>',
    summary: 'Write the whole history into a file, also while the service runs.',
    load: async () => (await import('./commands/backup.ts')).defineBackup,
  },
  {
    name: 'restore',
    arguments: '<file>',
    summary: 'Put a backup in the place of the history.',
    load: async () => (await import('./commands/restore.ts')).defineRestore,
  },
  {
    name: 'drain',
    summary: 'Let the service stop when the running attempts have ended.',
    load: async () => (await import('./commands/drain.ts')).defineDrain,
  },
  {
    name: 'repositories',
    summary: 'List known repositories; add, set, show, verify or remove one.',
    load: async () => (await import('./commands/repositories.ts')).defineRepositories,
  },
  {
    name: 'demo',
    summary: 'See a work order from its request to its branch, without a model.',
    load: async () => (await import('./commands/demo.ts')).defineDemo,
  },
  {
    name: 'doctor',
    summary: 'Check what this machine has, what is missing and what to do.',
    load: async () => (await import('./commands/doctor.ts')).defineDoctor,
  },
];

const EXAMPLES = `
Examples:
  awo demo
  awo run https://github.com/you/shop "Add a dark mode"
  awo serve --port 8888
  awo help run`;

/** The whole command line for one call; `args` without the program's own path. */
export async function createProgram(args: readonly string[], version: () => Promise<string>): Promise<Command> {
  const program = new Command('awo');
  program
    .description('Hand a git repository and a request to coding agents, and watch every step.')
    .usage('<command> [options]')
    .helpCommand('help [command]', 'Show how a command is used.')
    .helpOption('-h, --help', 'Show this help.')
    .addHelpText('after', EXAMPLES)
    // Else a command with commands below it would take their flags for its own.
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .showHelpAfterError('(awo --help shows what there is.)')
    .configureHelp({ subcommandTerm: (command) => [command.name(), termOf(command.name())].join(' ').trim() })
    .exitOverride();
  if (args.includes('--version') || args.includes('-V')) {
    program.version(await version(), '-V, --version', 'Show the version.');
  } else program.option('-V, --version', 'Show the version.');
  const called = args[0] === 'help' ? args[1] : args[0];
  for (const { name, summary, load } of COMMANDS) {
    const command = program
      .command([name, termOf(name)].join(' ').trim())
      .summary(summary)
      .description(summary);
    command.helpOption('-h, --help', 'Show this help.').exitOverride();
    if (name === called) (await load())(command);
  }
  return program;
}

function termOf(name: string): string {
  return COMMANDS.find((command) => command.name === name)?.arguments ?? '';
}
