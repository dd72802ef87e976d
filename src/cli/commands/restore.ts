import type { Command } from 'commander';
import { EXIT, defineCommand } from '../context.ts';
import { count } from '../format.ts';

export function defineRestore(command: Command): void {
  defineCommand(command, {
    without: ['url'],
    examples: ['awo restore history.db'],
    run: async (context, called) => {
      const from = called.args[0] ?? '';
      const { restore } = await import('../../upkeep.ts');
      const { keptAt, ...facts } = await restore(context.configuration, { from });
      if (context.json) context.print({ file: from, kept_at: keptAt, ...facts });
      else {
        context.say(
          `The history is that of ${from}: ${count(facts.workOrders, 'work order')}, ${count(facts.events, 'event')}.`,
        );
        if (keptAt !== null) context.say(`What was there before is kept at ${keptAt}.`);
      }
      return EXIT.ok;
    },
  });
}
