import type { Command } from 'commander';
import { EXIT, defineCommand } from '../context.ts';
import { count } from '../format.ts';
import { connectToControl } from '../service.ts';

export function defineDrain(command: Command): void {
  defineCommand(command, {
    examples: ['awo drain'],
    run: async (context) => {
      const { client } = await connectToControl(context.configuration);
      const { running } = await client.drain();
      if (context.json) context.print({ draining: true, running });
      else if (running === 0) context.say('The service stops now.');
      else context.say(`The service stops when ${count(running, 'running attempt')} came to an end.`);
      return EXIT.ok;
    },
  });
}
