import { readFile } from 'node:fs/promises';
import { text as textOf } from 'node:stream/consumers';
import type { Command } from 'commander';
import { WorkOrderError } from '../../domain/errors.ts';
import type { Context } from '../context.ts';
import { EXIT, defineCommand } from '../context.ts';
import { controlWorkOrder } from '../control.ts';
import { connectToRead } from '../service.ts';
import { cleanLines } from '../text.ts';
import { idOf } from '../work-order-argument.ts';

export function definePlan(command: Command): void {
  command
    .option('--of <VERSION>', 'An earlier version.')
    .option('--edit <FILE>', 'Make the content of a file (- for standard input) its next version, while it waits.');
  defineCommand(command, {
    examples: [
      'awo plan wo-4f7k2m9x',
      'awo plan wo-4f7k2m9x > plan.md',
      'awo plan wo-4f7k2m9x --edit plan.md && awo approve wo-4f7k2m9x',
    ],
    run: async (context, called) => {
      const { edit, of } = called.opts<{ readonly edit?: string; readonly of?: string }>();
      if (edit === undefined) return show(context, { id: idOf(called), version: of ?? null });
      const markdown = edit === '-' ? await textOf(context.stdin) : await contentOf(edit);
      return controlWorkOrder(context, called, { action: 'plan', body: { markdown } });
    },
  });
}

async function show(
  context: Context,
  { id, version }: { readonly id: string; readonly version: string | null },
): Promise<number> {
  const connection = await connectToRead(context.configuration);
  try {
    const plan = await connection.client.plan(id, version);
    if (context.json) context.print(plan);
    // A file gets it as it is; a terminal gets nothing that could steer it.
    else context.stdout.write(context.stdout.isTTY ? `${cleanLines(plan.markdown).join('\n')}\n` : plan.markdown);
    return EXIT.ok;
  } finally {
    await connection.close();
  }
}

async function contentOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new WorkOrderError('invalid_request', `The plan ${file} cannot be read.`, { cause });
  }
}
