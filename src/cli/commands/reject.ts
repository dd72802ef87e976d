import type { Command } from 'commander';
import { defineCommand } from '../context.ts';
import { controlWorkOrder } from '../control.ts';

export function defineReject(command: Command): void {
  command
    .requiredOption('--reason <TEXT>', 'What shall be otherwise; the next attempt is told it.')
    .option('--watch', 'Watch it afterwards.');
  defineCommand(command, {
    examples: ['awo reject wo-4f7k2m9x --reason "Leave the configuration alone"'],
    run: (context, called) =>
      controlWorkOrder(context, called, { action: 'reject', body: { reason: called.opts()['reason'] } }),
  });
}
