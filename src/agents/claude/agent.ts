import type { Agent, AgentResult, AgentRun } from '../../ports/agent.ts';
import type { TimeLimits } from '../../ports/process.ts';
import { findProgram } from '../../process/find-program.ts';
import type { FoundProgram } from '../../process/find-program.ts';
import { cached } from '../cached.ts';
import { limitsOf, notRun, notStarted } from '../end.ts';
import type { Environment } from '../environment.ts';
import { programPath } from '../environment.ts';
import { claudeArguments } from './arguments.ts';
import { checkClaude } from './check.ts';
import { createClaudeDialogue } from './dialogue.ts';
import { claudeRunEnvironment } from './environment.ts';
import type { LentLogin } from './login.ts';
import { findLogin, lendLogin } from './login.ts';
import { claudeNeeds } from './needs.ts';
import { createClaudeReader } from './reader.ts';

/**
 * Nothing is said until the model's first words are whole, which a long prompt puts off. Later it is silent while a text
 * or a file is being written by the model, up to 128,000 tokens; while a tool runs it gives a sign each half minute.
 */
const DEFAULT_LIMITS: TimeLimits = {
  firstActivityMs: 5 * 60 * 1000,
  idleMs: 20 * 60 * 1000,
  totalMs: 60 * 60 * 1000,
};

export interface ClaudeAgentOptions {
  /** `CLAUDE_CLI_PATH`: an absolute path or a name on PATH; null for `claude`. */
  readonly cliPath: string | null;
  /** `CLAUDE_CLI_MODEL`; the model that a work order names wins. Null for the program's own default. */
  readonly model: string | null;
  /** `CLAUDE_CLI_MAX_TURNS`, where a run has no limit of its own; null for no limit. */
  readonly maxTurns: number | null;
  readonly environment: Environment;
}

/** Claude Code as a program: one call of its command line an attempt, spoken with in lines of JSON. */
export function createClaudeAgent({ cliPath, model, maxTurns, environment }: ClaudeAgentOptions): Agent {
  const wanted = cliPath ?? 'claude';
  const find = (): FoundProgram => findProgram({ file: wanted, path: programPath(environment), cwd: process.cwd() });

  return {
    id: 'claude',
    modelDriven: true,
    resumes: true,
    tells: { cost: true, tokens: true },
    refuses: () => null,
    check: cached({
      look: () => checkClaude({ found: find(), wanted, environment }),
    }),

    async run(run) {
      const found = find();
      if (found.path === null) {
        return notStarted({ program: 'Claude Code', problem: found.problem });
      }
      let login: LentLogin;
      try {
        const { stateDirectory } = run;
        login = await lendLogin({ login: await findLogin(environment), environment, stateDirectory });
      } catch (error) {
        return notRun('sandbox_failed', `The login of Claude Code could not be put into the sandbox: ${String(error)}`);
      }
      try {
        return await attempt(found.path, run, login);
      } finally {
        await login.takeBack();
      }
    },
  };

  async function attempt(file: string, run: AgentRun, login: LentLogin): Promise<AgentResult> {
    const limits = limitsOf(run, DEFAULT_LIMITS);
    const dialogue = createClaudeDialogue({ prompt: run.prompt });
    const reader = createClaudeReader({ run, dialogue });
    const end = await run.runProcess({
      file,
      args: claudeArguments({
        run,
        model: run.model ?? model,
        maxTurns: run.maxTurns ?? maxTurns,
        keyHelper: login.keyHelper,
      }),
      env: claudeRunEnvironment({ environment, run, login }),
      stdin: (input) => dialogue.begin(input),
      needs: claudeNeeds(environment),
      limits,
      signal: run.signal,
      interrupt: () => dialogue.interrupt(),
      onLine: (line) => reader.onLine(line),
    });
    if (!reader.lostSession || run.signal.aborted) return reader.result(end, limits);
    // It has said so before any model call. A prompt holds all that a step needs; only what was said before is lost.
    const text = `The session ${run.resume?.sessionId ?? ''} is not there any more; Claude Code begins a new one.`;
    await run.onActivity({ kind: 'message', level: 'warn', text });
    return await attempt(file, { ...run, resume: null }, login);
  }
}
