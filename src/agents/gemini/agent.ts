import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Agent } from '../../ports/agent.ts';
import type { TimeLimits } from '../../ports/process.ts';
import { findProgram } from '../../process/find-program.ts';
import type { FoundProgram } from '../../process/find-program.ts';
import type { AcpProgram } from '../acp/program.ts';
import { runAcpProgram } from '../acp/run.ts';
import { cached } from '../cached.ts';
import { checkProgram } from '../check-program.ts';
import { notStarted } from '../end.ts';
import type { Environment } from '../environment.ts';
import { programPath } from '../environment.ts';
import { lendLogins } from '../login-files.ts';
import { geminiEnvironment, geminiNeeds, settingsFile } from './environment.ts';
import { findLogin, loginFiles } from './login.ts';
import { keepSession } from './sessions.ts';
import { geminiSettings } from './settings.ts';
import { readGeminiStderr } from './stderr.ts';

const NAME = 'Gemini CLI';
/** Each was run against the scripted model server and its streams were kept. */
const TRIED = ['0.61.0'];

/** It starts in seconds, but tries a busy model again for up to 228 seconds, which it says only at its end. */
const DEFAULT_LIMITS: TimeLimits = {
  firstActivityMs: 5 * 60 * 1000,
  idleMs: 10 * 60 * 1000,
  totalMs: 60 * 60 * 1000,
};

const PROGRAM: AcpProgram = {
  name: NAME,
  mode: 'yolo',
  askingModes: ['default'],
  // Given on its command line, where it takes any name, and not only those that it offers.
  model: null,
  // The settings file names the login.
  loginMethods: () => [],
  replaysLate: true,
  tokensAreOfLastCall: false,
  readStderr: readGeminiStderr,
};

export interface GeminiAgentOptions {
  /** `AWO_GEMINI_CLI_PATH`: an absolute path or a name on PATH; null for `gemini`. */
  readonly cliPath: string | null;
  /** `AWO_GEMINI_MODEL`; the model that a work order names wins. Null for the program's own default. */
  readonly model: string | null;
  readonly environment: Environment;
}

/** Gemini CLI, by the Agent Client Protocol. */
export function createGeminiAgent({ cliPath, model, environment }: GeminiAgentOptions): Agent {
  const find = (): FoundProgram =>
    findProgram({ file: cliPath ?? 'gemini', path: programPath(environment), cwd: process.cwd() });

  return {
    id: 'gemini',
    modelDriven: true,
    resumes: true,
    tells: { cost: false, tokens: true },
    refuses: () => null,
    check: cached({
      look: () =>
        checkProgram(find(), {
          program: NAME,
          namedBy: cliPath === null ? null : 'AWO_GEMINI_CLI_PATH',
          install: 'Install it with "npm install -g @google/gemini-cli", or set AWO_GEMINI_CLI_PATH to the program.',
          logIn: 'Run "gemini" once and log in, or set GEMINI_API_KEY.',
          tried: TRIED,
          versionArgs: ['--version'],
          environment: geminiEnvironment({ environment, run: null }),
          isLoggedIn: async () => (await findLogin(environment)) !== null,
        }),
    }),

    async run(run) {
      const found = find();
      if (found.path === null) return notStarted({ program: NAME, problem: found.problem });
      const { stateDirectory, resume, maxTurns } = run;
      const login = await findLogin(environment);
      const files = login === 'oauth-personal' ? loginFiles({ environment, stateDirectory }) : [];
      const lent = await lendLogins(files);
      try {
        await mkdir(dirname(settingsFile(run)), { recursive: true });
        await writeFile(settingsFile(run), JSON.stringify(geminiSettings({ login, maxTurns })), { mode: 0o600 });
      } catch (error) {
        return notStarted({ program: NAME, problem: `its settings cannot be written (${String(error)})` });
      }
      if (resume !== null) await keepSession({ stateDirectory, sessionId: resume.sessionId });
      const wantedModel = run.model ?? model;
      const result = await runAcpProgram({
        run,
        file: found.path,
        args: ['--acp', ...(wantedModel === null ? [] : ['--model', wantedModel])],
        env: geminiEnvironment({ environment, run }),
        needs: geminiNeeds(environment),
        program: PROGRAM,
        defaultLimits: DEFAULT_LIMITS,
      });
      if (result.sessionId !== null) await keepSession({ stateDirectory, sessionId: result.sessionId });
      await lent.takeBack();
      return result;
    },
  };
}
