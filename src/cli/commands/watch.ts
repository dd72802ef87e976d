import type { Command } from 'commander';
import { defineCommand } from '../context.ts';
import { connectToRead } from '../service.ts';
import { supervise } from '../supervise.ts';
import { idOf } from '../work-order-argument.ts';

export function defineWatch(command: Command): void {
  defineCommand(command, {
    examples: ['awo watch wo-4f7k2m9x', 'awo watch wo-4f7k2m9x --json | jq .type'],
    run: async (context, called) => {
      const id = idOf(called);
      const connect = () => connectToRead(context.configuration);
      const connection = await connect();
      const { exitCode } = await supervise({ context, id, connection, reconnect: connect, interruptCancels: false });
      return exitCode;
    },
  });
}
