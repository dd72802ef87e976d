import type { Command } from 'commander';
import { defineCommand } from '../context.ts';
import { controlWorkOrder } from '../control.ts';

export function defineApprove(command: Command): void {
  command.option('--comment <TEXT>', 'What the history shall say about it.').option('--watch', 'Watch it afterwards.');
  defineCommand(command, {
    examples: ['awo approve wo-4f7k2m9x', 'awo approve wo-4f7k2m9x --comment "Well thought" --watch'],
    run: (context, called) =>
      controlWorkOrder(context, called, { action: 'approve', body: { comment: called.opts()['comment'] } }),
  });
}
