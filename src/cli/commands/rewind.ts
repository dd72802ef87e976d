import type { Command } from 'commander';
import { Option } from 'commander';
import { STEP_NAMES } from '../../domain/workflow.ts';
import { defineCommand } from '../context.ts';
import { addChangeOptions, changeIn, controlWorkOrder } from '../control.ts';

export function defineRewind(command: Command): void {
  command.addOption(
    new Option('--to <STEP>', 'The step to whose end it goes back.').choices(STEP_NAMES).makeOptionMandatory(),
  );
  addChangeOptions(command);
  defineCommand(command, {
    examples: [
      'awo rewind wo-4f7k2m9x --to find_plan',
      'awo rewind wo-4f7k2m9x --to classify --prompt "Keep it small"',
    ],
    run: (context, called) =>
      controlWorkOrder(context, called, {
        action: 'rewind',
        body: { to_step: called.opts()['to'], ...changeIn(called) },
      }),
  });
}
