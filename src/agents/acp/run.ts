import type { AgentResult, AgentRun } from '../../ports/agent.ts';
import type { ProcessSpec, TimeLimits } from '../../ports/process.ts';
import { limitsOf } from '../end.ts';
import { createAcpDialogue } from './dialogue.ts';
import type { AcpProgram } from './program.ts';

/** Runs one attempt of a program that speaks the Agent Client Protocol on its standard input and output. Never rejects. */
export async function runAcpProgram({
  run,
  program,
  defaultLimits,
  ...spec
}: Pick<ProcessSpec, 'file' | 'args' | 'env'> &
  Required<Pick<ProcessSpec, 'needs'>> & {
    readonly run: AgentRun;
    readonly program: AcpProgram;
    readonly defaultLimits: TimeLimits;
  }): Promise<AgentResult> {
  const limits = limitsOf(run, defaultLimits);
  const dialogue = createAcpDialogue({ run, program });
  const end = await run.runProcess({
    ...spec,
    limits,
    signal: run.signal,
    stdin: (input) => {
      dialogue.begin(input);
    },
    onLine: (line) => dialogue.onLine(line),
    interrupt: () => {
      dialogue.interrupt();
    },
  });
  return dialogue.result(end, limits);
}
