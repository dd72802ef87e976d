import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { EXIT, defineCommand } from '../context.ts';
import { formatBytes } from '../format.ts';
import { connectToControl } from '../service.ts';

interface GcOptions {
  readonly dryRun?: boolean;
  readonly olderThan?: number;
  readonly unpushed?: boolean;
}

export function defineGc(command: Command): void {
  command
    .option('--dry-run', 'Only say what would go.')
    .option('--older-than <DAYS>', 'Only work orders that ended so long ago. Default: 14.', days)
    .option('--unpushed', 'Work that was not pushed may go too.');
  defineCommand(command, {
    examples: ['awo gc --dry-run', 'awo gc --older-than 30', 'awo gc --older-than 90 --unpushed'],
    run: async (context, called) => {
      const { dryRun, olderThan, unpushed } = called.opts<GcOptions>();
      const { client } = await connectToControl(context.configuration);
      const answer = await client.reclaim({ dry_run: dryRun, older_than_days: olderThan, unpushed });
      if (context.json) context.print(answer);
      else {
        for (const { agent_work_order_id: id, bytes, kept_because: kept } of answer.folders) {
          const what = kept === null ? (answer.dry_run ? 'would go' : 'gone') : `stays: ${kept}`;
          context.say(`${id}  ${formatBytes(bytes).padStart(8)}  ${what}`);
        }
        context.say(`${formatBytes(answer.freed_bytes)} ${answer.dry_run ? 'would be free' : 'are free'}.`);
      }
      return EXIT.ok;
    },
  });
}

function days(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number) || number < 0)
    throw new InvalidArgumentError('Give a number of days.');
  return number;
}
