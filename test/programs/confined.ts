import type { OutputLine, ProcessEnd } from '../../src/ports/process.ts';
import { runProcessTree } from '../../src/process/spawn.ts';
import type { AgentCommand, Confinement } from '../../src/sandboxes/confinement/confinement.ts';
import { NO_LIMITS } from './run.ts';

/** Runs a program as an agent is run; `script` is for the shell. What it wrote to standard output and error, and its end. */
export async function runAsAgent(
  confinement: Confinement,
  input: Partial<AgentCommand> &
    Pick<AgentCommand, 'directory'> & { readonly script?: string } & {
      readonly signal?: AbortSignal;
      readonly onLine?: (line: OutputLine) => void;
    },
): Promise<{ readonly end: ProcessEnd; readonly stdout: readonly string[]; readonly stderr: string }> {
  const stdout: string[] = [];
  const { script = '', signal = new AbortController().signal, onLine, ...given } = input;
  const command: AgentCommand = {
    file: '/bin/sh',
    args: ['-c', script],
    env: { PATH: process.env['PATH'] ?? '' },
    readable: [],
    writable: [],
    hosts: [],
    onNetworkRefused: () => undefined,
    ...given,
  };
  await using agent = await confinement.agent(command);
  const { file, args, env, directory: cwd } = command;
  const end = await runProcessTree(
    {
      file,
      args,
      env,
      stdin: null,
      limits: NO_LIMITS,
      signal,
      onLine: (line) => {
        if (line.stream === 'stdout') stdout.push(line.text);
        onLine?.(line);
      },
    },
    // Long: on a busy machine a polite end takes its time, and how long it may take is not what is looked at here.
    { cwd, command: agent.command, recordsDirectory: null, owner: 'wo-test', graceMs: 15_000 },
  );
  return { end, stdout, stderr: end.stderrTail };
}
