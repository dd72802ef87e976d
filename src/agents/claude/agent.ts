import type { Agent } from '../../ports/agent.ts';
import type { TimeLimits } from '../../ports/process.ts';
import { findProgram } from '../../process/find-program.ts';
import type { FoundProgram } from '../../process/find-program.ts';
import { cached } from '../cached.ts';
import { limitsOf } from '../end.ts';
import type { Environment } from '../environment.ts';
import { programPath } from '../environment.ts';
import { checkClaude } from './check.ts';
import { claudeEnvironment } from './environment.ts';
import { createClaudeReader } from './reader.ts';

const CHECK_MAX_AGE_MS = 10_000;

const DEFAULT_LIMITS: TimeLimits = {
  firstActivityMs: 2 * 60 * 1000,
  idleMs: 10 * 60 * 1000,
  totalMs: 60 * 60 * 1000,
};

export interface ClaudeAgentOptions {
  /** `CLAUDE_CLI_PATH`: an absolute path or a name on PATH; null for `claude`. */
  readonly cliPath: string | null;
  /** `CLAUDE_CLI_MODEL`; the model that a work order names wins. Null for the program's own default. */
  readonly model: string | null;
  /** `CLAUDE_CLI_MAX_TURNS`; null for no limit. */
  readonly maxTurns: number | null;
  readonly environment: Environment;
}

/** Claude Code as a program: one call of its command line an attempt, its stream of JSON lines read as it comes. */
export function createClaudeAgent({ cliPath, model, maxTurns, environment }: ClaudeAgentOptions): Agent {
  const wanted = cliPath ?? 'claude';
  const find = (): FoundProgram => findProgram({ file: wanted, path: programPath(environment), cwd: process.cwd() });

  return {
    id: 'claude',
    modelDriven: true,
    refuses: () => null,
    check: cached({
      maxAgeMs: CHECK_MAX_AGE_MS,
      look: () => checkClaude({ found: find(), wanted, environment }),
    }),

    async run(run) {
      const found = find();
      if (found.path === null) {
        const errorMessage = `Claude Code cannot be started: ${found.problem}.`;
        return {
          ok: false,
          errorCode: 'agent_missing',
          errorMessage,
          output: null,
          resetsAt: null,
          sessionId: null,
          usage: null,
        };
      }
      const limits = limitsOf(run, DEFAULT_LIMITS);
      const reader = createClaudeReader(run);
      const end = await run.runProcess({
        file: found.path,
        args: argumentsOf({ model: run.model ?? model, maxTurns }),
        env: claudeEnvironment({ environment, run }),
        stdin: run.prompt,
        limits,
        signal: run.signal,
        onLine: (line) => reader.onLine(line),
      });
      return reader.result(end, limits);
    },
  };
}

function argumentsOf({
  model,
  maxTurns,
}: {
  readonly model: string | null;
  readonly maxTurns: number | null;
}): readonly string[] {
  return [
    '-p',
    '--output-format',
    'stream-json',
    '--verbose',
    '--dangerously-skip-permissions',
    // Only the target repository's own settings count, not what the user of this machine has set up for other work.
    '--strict-mcp-config',
    '--setting-sources',
    'project',
    ...(model === null ? [] : ['--model', model]),
    ...(maxTurns === null ? [] : ['--max-turns', String(maxTurns)]),
  ];
}
