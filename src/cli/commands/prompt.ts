import type { Command } from 'commander';
import type { MessageView } from '../../contract/messages.ts';
import { WorkOrderError } from '../../domain/errors.ts';
import type { Context } from '../context.ts';
import { EXIT, defineCommand } from '../context.ts';
import { formatDateTime } from '../format.ts';
import { connectToControl, connectToRead } from '../service.ts';
import { cleanLines } from '../text.ts';
import { idOf } from '../work-order-argument.ts';

export function definePrompt(command: Command): void {
  defineCommand(command, {
    examples: ['awo prompt wo-4f7k2m9x "Take the blue of the logo"'],
    run: async (context, called) => {
      const id = idOf(called);
      const connection = await connectToControl(context.configuration);
      try {
        const queued = await connection.client.queueMessage(id, called.args[1] ?? '');
        if (context.json) context.print(queued);
        else context.say(`${queued.prompt_id} is queued for the agent: awo prompts ${id}`);
        return EXIT.ok;
      } finally {
        await connection.close();
      }
    },
  });
}

export function definePrompts(command: Command): void {
  command
    .option('--edit <PROMPT_ID>', 'Give a message that is not given yet the words that follow.')
    .option('--withdraw <PROMPT_ID>', 'Take back a message that is not given yet.');
  defineCommand(command, {
    examples: [
      'awo prompts wo-4f7k2m9x',
      'awo prompts wo-4f7k2m9x --edit p-8d2k1q0z "Take the blue of the footer"',
      'awo prompts wo-4f7k2m9x --withdraw p-8d2k1q0z',
    ],
    run: (context, called) => {
      const { edit, withdraw } = called.opts<{ readonly edit?: string; readonly withdraw?: string }>();
      const text = called.args[1];
      if (edit !== undefined) return change(context, { id: idOf(called), promptId: edit, text: text ?? '' });
      if (text !== undefined)
        throw new WorkOrderError('invalid_request', 'Words belong to --edit; "awo prompt" sends new ones.');
      if (withdraw !== undefined) return change(context, { id: idOf(called), promptId: withdraw, text: null });
      return list(context, idOf(called));
    },
  });
}

async function list(context: Context, id: string): Promise<number> {
  const connection = await connectToRead(context.configuration);
  try {
    const messages = await connection.client.messages(id);
    if (context.json) context.print({ agent_work_order_id: id, prompts: messages });
    else if (messages.length === 0) context.say(`${id} has no messages: awo prompt ${id} "TEXT"`);
    else for (const message of messages) for (const line of linesOf(message)) context.say(line);
    return EXIT.ok;
  } finally {
    await connection.close();
  }
}

async function change(
  context: Context,
  { id, promptId, text }: { readonly id: string; readonly promptId: string; readonly text: string | null },
): Promise<number> {
  const connection = await connectToControl(context.configuration);
  try {
    const message = await connection.client.changeMessage(id, promptId, text);
    if (context.json) context.print(message);
    else for (const line of linesOf(message)) context.say(line);
    return EXIT.ok;
  } finally {
    await connection.close();
  }
}

function linesOf({ prompt_id, prompt_text, status, queued_at, edited_at, given }: MessageView): readonly string[] {
  const whom = given ? ` to ${given.step} (attempt ${given.attempt}) at ${formatDateTime(given.at)}` : '';
  const edited = edited_at ? ', edited' : '';
  const head = `${prompt_id}  ${status}${whom}  sent ${formatDateTime(queued_at)}${edited}`;
  return [head, ...cleanLines(prompt_text).map((line) => `    ${line}`.trimEnd())];
}
