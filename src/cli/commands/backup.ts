import type { Command } from 'commander';
import { EXIT, defineCommand } from '../context.ts';
import { count, formatBytes } from '../format.ts';

export function defineBackup(command: Command): void {
  defineCommand(command, {
    without: ['url'],
    examples: ['awo backup history.db', 'awo backup /mnt/backup/awo-$(date +%F).db'],
    run: async (context, called) => {
      const to = called.args[0] ?? '';
      const { backUp } = await import('../../upkeep.ts');
      const facts = await backUp(context.configuration, { to });
      if (context.json) context.print({ file: to, ...facts });
      else {
        const what = `${count(facts.workOrders, 'work order')}, ${count(facts.events, 'event')}, ${formatBytes(facts.bytes)}`;
        context.say(`${to} holds the history: ${what}. It was read through.`);
        context.say('Working copies and what they have made are not in it.');
      }
      return EXIT.ok;
    },
  });
}
