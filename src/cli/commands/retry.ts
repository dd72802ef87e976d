import type { Command } from 'commander';
import { Option } from 'commander';
import { STEP_NAMES } from '../../domain/workflow.ts';
import { defineCommand } from '../context.ts';
import { addChangeOptions, changeIn, controlWorkOrder } from '../control.ts';

export function defineRetry(command: Command): void {
  command.addOption(
    new Option('--from <STEP>', 'The step to begin with. Default: the one that failed, or is next.').choices(
      STEP_NAMES,
    ),
  );
  command.option('--keep-work', 'Go on with what the attempt at implement has made that did not succeed.');
  addChangeOptions(command);
  defineCommand(command, {
    examples: [
      'awo retry wo-4f7k2m9x',
      'awo retry wo-4f7k2m9x --keep-work',
      'awo retry wo-4f7k2m9x --from plan --request "Add a dark mode, and a switch"',
      'awo retry wo-4f7k2m9x --from implement --with-agent codex --watch',
    ],
    run: (context, called) =>
      controlWorkOrder(context, called, {
        action: 'retry',
        body: { from_step: called.opts()['from'], keep_work: called.opts()['keepWork'], ...changeIn(called) },
      }),
  });
}
