import type { Command } from 'commander';
import pc from 'picocolors';
import type { Context } from '../context.ts';
import { EXIT, defineCommand } from '../context.ts';
import type { Finding } from '../doctor.ts';
import { examine } from '../doctor.ts';
import { oneLine } from '../text.ts';

const NAME_COLUMNS = 12;

export function defineDoctor(command: Command): void {
  defineCommand(command, {
    examples: ['awo doctor', 'awo doctor --json | jq .findings'],
    run: doctor,
  });
}

/** Exit code 1 only when nothing can work here. */
async function doctor(context: Context): Promise<number> {
  const findings = await examine(context.configuration);
  const works = findings.every(({ state }) => state !== 'broken');
  if (context.json) context.print({ works, findings });
  else {
    for (const finding of findings) for (const line of linesOf(finding, context.color)) context.say(line);
    context.say();
    context.say(works ? lastWord(findings) : 'Nothing can work until what is marked ✗ is put right.');
  }
  return works ? EXIT.ok : EXIT.failed;
}

function linesOf({ name, state, what, nextStep }: Finding, color: boolean): readonly string[] {
  const colors = pc.createColors(color);
  const symbol = { good: colors.green('✓'), lacking: colors.yellow('!'), broken: colors.red('✗') }[state];
  const lines = [`${symbol} ${name.padEnd(NAME_COLUMNS)}  ${oneLine(what)}`];
  if (nextStep) lines.push(`${' '.repeat(NAME_COLUMNS + 4)}${colors.dim(`→ ${oneLine(nextStep)}`)}`);
  return lines;
}

function lastWord(findings: readonly Finding[]): string {
  const hasModel = findings.some(({ agent, state }) => agent && agent !== 'demo' && state === 'good');
  return hasModel
    ? 'Ready: awo run REPOSITORY "REQUEST"'
    : 'Ready for the demonstration (awo demo). For real work an agent is missing: see above.';
}
