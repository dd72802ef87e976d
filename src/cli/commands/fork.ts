import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { Option } from 'commander';
import type { StepName } from '../../domain/workflow.ts';
import { STEP_NAMES } from '../../domain/workflow.ts';
import { EXIT, defineCommand } from '../context.ts';
import { addChangeOptions, changeIn } from '../control.ts';
import { connectToControl } from '../service.ts';
import { supervise } from '../supervise.ts';
import { idOf } from '../work-order-argument.ts';

export function defineFork(command: Command): void {
  command.addOption(
    new Option('--from <STEP>', 'The step after which it goes on; it has succeeded.')
      .choices(STEP_NAMES)
      .makeOptionMandatory(),
  );
  addChangeOptions(command);
  defineCommand(command, {
    examples: [
      'awo fork wo-4f7k2m9x --from find_plan --with-agent codex --watch',
      'awo fork wo-4f7k2m9x --from classify --request "Add a dark mode, and a switch"',
      'awo fork wo-4f7k2m9x --from implement --prompt "Take the blue of the logo"',
    ],
    run: async (context, called) => {
      const { from, watch } = called.opts<{ readonly from: StepName; readonly watch?: boolean }>();
      const reconnect = () => connectToControl(context.configuration);
      const connection = await reconnect();
      const wish = { from_step: from, ...changeIn(called) };
      const created = await connection.client.fork(idOf(called), wish, randomUUID());
      const id = created.agent_work_order_id;
      if (watch === true) {
        const { exitCode } = await supervise({ context, id, connection, reconnect, interruptCancels: false });
        return exitCode;
      }
      if (context.json) context.print(created);
      else context.say(`${id} is pending: awo watch ${id}`);
      return EXIT.ok;
    },
  });
}
