import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import pc from 'picocolors';
import { LogLevelSchema } from '../../contract/logs.ts';
import { STEP_NAMES } from '../../domain/workflow.ts';
import type { ApiClient, LogEntry, LogQuery } from '../client.ts';
import type { Context } from '../context.ts';
import { EXIT, defineCommand } from '../context.ts';
import { formatTime } from '../format.ts';
import type { Connection } from '../service.ts';
import { connectToRead } from '../service.ts';
import { onSignals } from '../signals.ts';
import { cleanLines } from '../text.ts';
import { idOf } from '../work-order-argument.ts';

interface LogsOptions extends LogQuery {
  readonly follow?: boolean;
  readonly lines?: number;
}

const PAGE = 500;

export function defineLogs(command: Command): void {
  command
    .option('-f, --follow', 'Go on with what comes, until the work order has ended.')
    .option('-n, --lines <N>', 'Only the last N entries.', wholeNumber)
    .addOption(new Option('--step <STEP>', 'Only this step.').choices(STEP_NAMES))
    .addOption(new Option('--level <LEVEL>', 'This level and what is worse.').choices(LogLevelSchema.options))
    .option('--event <KINDS>', 'Only these kinds of entries, with commas between them.')
    .option('--text <TEXT>', 'Only entries with this text in them; A to Z are the same as a to z.');
  defineCommand(command, {
    examples: [
      'awo logs wo-4f7k2m9x',
      'awo logs wo-4f7k2m9x -f --level info',
      'awo logs wo-4f7k2m9x --step implement -n 50',
      'awo logs wo-4f7k2m9x --event tool_call,tool_result --text "npm test"',
    ],
    run: async (context, called) => {
      const id = idOf(called);
      const connection = await connectToRead(context.configuration);
      try {
        return await logs(context, { connection, id, options: called.opts() });
      } finally {
        await connection.close();
      }
    },
  });
}

async function logs(
  context: Context,
  { connection, id, options }: { readonly connection: Connection; readonly id: string; readonly options: LogsOptions },
): Promise<number> {
  const { client, kind } = connection;
  const show = (entry: LogEntry): void => {
    if (context.json) context.print(entry);
    else for (const line of entryLines(entry, context.color)) context.say(line);
  };
  let last = 0;
  if (!options.follow || options.lines !== undefined || kind === 'read_only') {
    for await (const entry of readPages(client, id, options)) {
      show(entry);
      last = entry.seq;
    }
  }
  if (!options.follow) return EXIT.ok;
  if (kind === 'read_only') {
    context.hint('No service runs, so nothing more comes.');
    return EXIT.ok;
  }
  const stop = new AbortController();
  let exitCode: number = EXIT.ok;
  const end = (code: number): void => {
    exitCode = code;
    stop.abort();
  };
  const releaseSignals = onSignals({ interrupt: () => end(EXIT.interrupted), terminate: end });
  for await (const entry of client.followLog(id, options, { after: last, signal: stop.signal })) show(entry);
  releaseSignals();
  return exitCode;
}

async function* readPages(client: ApiClient, id: string, options: LogsOptions): AsyncGenerator<LogEntry> {
  const { step, level, event, text, lines } = options;
  const filter = { step, level, event, text };
  let offset = 0;
  if (lines !== undefined) {
    const { total } = await client.logPage(id, { ...filter, offset: 0, limit: 1 });
    offset = Math.max(0, total - lines);
  }
  for (;;) {
    const page = await client.logPage(id, { ...filter, offset, limit: PAGE });
    yield* page.log_entries;
    offset += page.log_entries.length;
    if (page.log_entries.length === 0 || offset >= page.total) return;
  }
}

/** The lines of an entry; those after the first are indented to its message. */
function entryLines(entry: LogEntry, color: boolean): readonly string[] {
  const colors = pc.createColors(color);
  const paint = entry.level === 'error' ? colors.red : entry.level === 'warn' ? colors.yellow : (text: string) => text;
  const head = `${formatTime(entry.timestamp)}  ${(entry.step ?? '').padEnd(15)}  ${entry.event.padEnd(11)}  `;
  return cleanLines(entry.message).map(
    (line, index) => `${index === 0 ? colors.dim(head) : ' '.repeat(head.length)}${paint(line)}`,
  );
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('Give a whole number from 1.');
  return Number(text);
}
