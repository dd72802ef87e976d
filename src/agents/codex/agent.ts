import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Agent, AgentRun } from '../../ports/agent.ts';
import type { TimeLimits } from '../../ports/process.ts';
import { cached } from '../cached.ts';
import { limitsOf, notRun, notStarted } from '../end.ts';
import type { Environment } from '../environment.ts';
import { programPath } from '../environment.ts';
import { checkCodex } from './check.ts';
import { codexConfig } from './config.ts';
import { codexEnvironment, codexNeeds } from './environment.ts';
import { findCodex } from './find-codex.ts';
import type { FoundCodex } from './find-codex.ts';
import { baseUrlOf, findLogin, lendLogin } from './login.ts';
import { createCodexReader } from './reader.ts';

/**
 * Longer than the four minutes after which it tries a stalled stream again by itself: it shows nothing of a thought
 * before the thought is whole.
 */
const DEFAULT_LIMITS: TimeLimits = {
  firstActivityMs: 5 * 60 * 1000,
  idleMs: 10 * 60 * 1000,
  totalMs: 60 * 60 * 1000,
};

export interface CodexAgentOptions {
  /** `AWO_CODEX_CLI_PATH`: an absolute path or a name on PATH; null for `codex`. */
  readonly cliPath: string | null;
  /** `AWO_CODEX_MODEL`; the model that a work order names wins. Null for the program's own default. */
  readonly model: string | null;
  readonly environment: Environment;
}

/** Codex as a program: one `codex exec` an attempt, its stream of JSON lines read as it comes. */
export function createCodexAgent({ cliPath, model, environment }: CodexAgentOptions): Agent {
  const wanted = cliPath ?? 'codex';
  const find = (): FoundCodex => findCodex({ wanted, path: programPath(environment) });

  return {
    id: 'codex',
    modelDriven: true,
    resumes: true,
    tells: { cost: false, tokens: true },
    refuses: () => null,
    check: cached({
      look: () => checkCodex({ found: find(), wanted, environment }),
    }),

    async run(run) {
      if (run.signal.aborted) return notRun('cancelled', 'Codex was ended on request.');
      const found = find();
      if (found.path === null) return notStarted({ program: 'Codex', problem: found.problem });
      const login = await findLogin(environment);
      if (login.kind === 'none') {
        return notRun(
          'agent_not_logged_in',
          'Codex is not logged in, and neither CODEX_API_KEY nor OPENAI_API_KEY is set.',
        );
      }
      for (const text of unkept(run, found.detour)) await run.onActivity({ kind: 'message', level: 'warn', text });
      let lent: Awaited<ReturnType<typeof lendLogin>>;
      let args: readonly string[];
      try {
        await writeFile(join(run.stateDirectory, 'config.toml'), codexConfig({ baseUrl: baseUrlOf(environment) }), {
          mode: 0o600,
        });
        args = await argumentsOf(run, run.model ?? model);
        lent = await lendLogin(login, run.stateDirectory);
      } catch (error) {
        return notRun('sandbox_failed', `The folders of Codex cannot be written: ${String(error)}`);
      }
      const limits = limitsOf(run, DEFAULT_LIMITS);
      const reader = createCodexReader({ run, hasLogin: login.kind !== 'not_needed' });
      const end = await run.runProcess({
        file: found.path,
        args,
        env: codexEnvironment({ environment, run, login }),
        stdin: run.prompt,
        needs: codexNeeds({ environment, login, root: found.root }),
        limits,
        signal: run.signal,
        onLine: (line) => reader.onLine(line),
      });
      await lent.takeBack();
      return reader.result(end, limits);
    },
  };
}

/** The prompt comes by standard input (`-`); what is asked for stands before the session to go on with. */
async function argumentsOf(run: AgentRun, model: string | null): Promise<readonly string[]> {
  const schemaFile = join(run.temporaryDirectory, 'answer-schema.json');
  if (run.answerSchema !== null) await writeFile(schemaFile, JSON.stringify(run.answerSchema));
  const { resume } = run;
  return [
    'exec',
    '--json',
    '--skip-git-repo-check',
    '--sandbox',
    sandboxMode(run),
    ...(model === null ? [] : ['--model', model]),
    ...(run.answerSchema === null ? [] : ['--output-schema', schemaFile]),
    ...(resume === null ? [] : [resume.fork ? 'fork' : 'resume', resume.sessionId]),
    '-',
  ];
}

/** Its own sandbox cannot be set up inside another one. */
function sandboxMode({ confined, mayChange }: AgentRun): string {
  if (confined) return 'danger-full-access';
  return mayChange ? 'workspace-write' : 'read-only';
}

/** What was asked for and cannot be kept, for the log. */
function unkept({ maxTurns, maxCostUsd }: AgentRun, detour: string | null): readonly string[] {
  return [
    ...(maxTurns === null ? [] : ['Codex has no limit of turns: only the time limits end it']),
    ...(maxCostUsd === null ? [] : ['Codex does not tell what it costs: the limit of money is not kept']),
    ...(detour === null ? [] : [`Codex is started by its launcher: ${detour}`]),
  ];
}
