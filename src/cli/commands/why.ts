import type { Command } from 'commander';
import type { DiagnosisView } from '../../contract/diagnosis.ts';
import { EXIT, defineCommand } from '../context.ts';
import { formatDateTime } from '../format.ts';
import { connectToRead } from '../service.ts';
import { cleanLines, oneLine } from '../text.ts';
import { idOf } from '../work-order-argument.ts';

export function defineWhy(command: Command): void {
  defineCommand(command, {
    examples: ['awo why wo-4f7k2m9x', 'awo why wo-4f7k2m9x --json | jq -r .remedies[].command'],
    run: async (context, called) => {
      const connection = await connectToRead(context.configuration);
      try {
        const diagnosis = await connection.client.diagnosis(idOf(called));
        if (context.json) context.print(diagnosis);
        else for (const line of shown(diagnosis)) context.say(line);
        return EXIT.ok;
      } finally {
        await connection.close();
      }
    },
  });
}

function shown({ summary, reason, evidence, timeline, remedies }: DiagnosisView): readonly string[] {
  return [
    oneLine(summary) + (reason === null ? '' : ` (${reason})`),
    ...section(
      'What happened',
      timeline.map(({ at, text }) => `${formatDateTime(at)}  ${oneLine(text)}`),
    ),
    ...section(
      'Evidence',
      evidence.flatMap(({ what, text }) => {
        const [first = '', ...rest] = cleanLines(text);
        return [`${what}: ${first}`, ...rest.map((line) => `  ${line}`)];
      }),
    ),
    ...section(
      'What to do',
      remedies.map(({ text, command }) => (command === null ? text : `${text} ${command}`)),
    ),
  ];
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
}
