import type { Command } from 'commander';
import { defineCommand } from '../context.ts';
import { controlWorkOrder } from '../control.ts';

export function definePause(command: Command): void {
  defineCommand(command, {
    examples: ['awo pause wo-4f7k2m9x'],
    run: (context, called) => controlWorkOrder(context, called, { action: 'pause' }),
  });
}

export function defineResume(command: Command): void {
  command.option('--watch', 'Watch it afterwards.');
  defineCommand(command, {
    examples: ['awo resume wo-4f7k2m9x'],
    run: (context, called) => controlWorkOrder(context, called, { action: 'resume' }),
  });
}
