import type { Activity, AgentResult, AgentRun } from '../ports/agent.ts';
import type { OutputLine, TimeLimits } from '../ports/process.ts';
import { diedOf, limitsOf, stoppedBy } from './end.ts';
import { createKeptText } from './text.ts';

const MAX_ANSWER_CHARACTERS = 1024 * 1024;

/**
 * Runs a program that takes the prompt on its standard input, answers on its standard output and says on standard
 * error what it is doing. Of an answer over a million characters the beginning and the end are kept.
 */
export async function runPlainProgram({
  run,
  program,
  file,
  args,
  env,
  readable,
  defaultLimits,
  readActivity = () => null,
}: {
  readonly run: AgentRun;
  /** Its name for a person. */
  readonly program: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What the program reads beyond the system and its own installation; absolute paths. */
  readonly readable: readonly string[];
  readonly defaultLimits: TimeLimits;
  /** What a line of standard error tells besides its text; null for a line that is nothing but text. */
  readonly readActivity?: (text: string) => Activity | null;
}): Promise<AgentResult> {
  const answer = createKeptText({ maxCharacters: MAX_ANSWER_CHARACTERS });
  const limits = limitsOf(run, defaultLimits);

  const onLine = async (line: OutputLine): Promise<void> => {
    const text = line.cut ? `${line.text} [… cut: the line has ${line.bytes} bytes]` : line.text;
    if (line.stream === 'stdout') answer.add(`${text}\n`);
    if (text.trim() === '') return;
    if (line.stream === 'stdout') await run.onActivity({ kind: 'text', text });
    else await run.onActivity(readActivity(text) ?? { kind: 'message', level: 'info', text });
  };

  const needs = { readable, hosts: [] };
  const onNetworkRefused = (target: string): void => {
    void run.onActivity({ kind: 'message', level: 'warn', text: `not let into the network: ${target}` });
  };
  const how = { stdin: run.prompt, needs, limits, signal: run.signal, onNetworkRefused, onLine };
  const end = await run.runProcess({ file, args, env, ...how });
  const output = answer.read().trimEnd();
  const failure = stoppedBy(end, { program, limits }) ?? diedOf(end, { program });
  if (failure === null) return { ok: true, output, answer: null, sessionId: null, usage: null };
  return { ok: false, ...failure, output: output === '' ? null : output, resetsAt: null, sessionId: null, usage: null };
}
