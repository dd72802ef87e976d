import type { Agent } from '../../ports/agent.ts';
import type { TimeLimits } from '../../ports/process.ts';
import { findProgram } from '../../process/find-program.ts';
import type { FoundProgram } from '../../process/find-program.ts';
import type { AcpProgram } from '../acp/program.ts';
import { stderrAsMessage } from '../acp/program.ts';
import { runAcpProgram } from '../acp/run.ts';
import { cached } from '../cached.ts';
import { checkProgram } from '../check-program.ts';
import { notStarted } from '../end.ts';
import type { Environment } from '../environment.ts';
import { programPath } from '../environment.ts';
import { lendLogins } from '../login-files.ts';
import { dataDirectory, openCodeEnvironment, openCodeNeeds } from './environment.ts';
import { configFile, isLoggedIn, loginFiles } from './login.ts';

const NAME = 'OpenCode';
/** Each was run against the scripted model server and its streams were kept. */
const TRIED = ['1.18.33'];

/** It tries a model that fails again for ever and in silence, so the first word is waited for no longer than this. */
const DEFAULT_LIMITS: TimeLimits = {
  firstActivityMs: 2 * 60 * 1000,
  idleMs: 5 * 60 * 1000,
  totalMs: 60 * 60 * 1000,
};

const PROGRAM: AcpProgram = {
  name: NAME,
  mode: 'build',
  askingModes: ['build'],
  // Given in its configuration, which takes any name.
  model: null,
  loginMethods: () => [],
  replaysLate: false,
  tokensAreOfLastCall: true,
  readStderr: stderrAsMessage,
};

export interface OpenCodeAgentOptions {
  /** `AWO_OPENCODE_CLI_PATH`: an absolute path or a name on PATH; null for `opencode`. */
  readonly cliPath: string | null;
  /** `AWO_OPENCODE_MODEL`, as `provider/model`; the model that a work order names wins. Null for the program's own default. */
  readonly model: string | null;
  readonly environment: Environment;
}

/** OpenCode, by the Agent Client Protocol. */
export function createOpenCodeAgent({ cliPath, model, environment }: OpenCodeAgentOptions): Agent {
  const find = (): FoundProgram =>
    findProgram({ file: cliPath ?? 'opencode', path: programPath(environment), cwd: process.cwd() });

  return {
    id: 'opencode',
    modelDriven: true,
    resumes: true,
    tells: { cost: true, tokens: true },
    refuses: () => null,
    check: cached({
      look: () =>
        checkProgram(find(), {
          program: NAME,
          namedBy: cliPath === null ? null : 'AWO_OPENCODE_CLI_PATH',
          install: 'Install it with "npm install -g opencode-ai", or set AWO_OPENCODE_CLI_PATH to the program.',
          logIn: 'Run "opencode auth login", or set the key of a provider, such as ANTHROPIC_API_KEY.',
          tried: TRIED,
          versionArgs: ['--version'],
          environment: openCodeEnvironment({ environment, run: null, config: null, model: null }),
          isLoggedIn: () => isLoggedIn(environment),
        }),
    }),

    async run(run) {
      const found = find();
      if (found.path === null) return notStarted({ program: NAME, problem: found.problem });
      const config = await configFile(environment);
      const lent = await lendLogins(loginFiles({ environment, dataDirectory: dataDirectory(run) }));
      const result = await runAcpProgram({
        run,
        file: found.path,
        args: ['acp'],
        env: openCodeEnvironment({ environment, run, config, model: run.model ?? model }),
        needs: await openCodeNeeds({ environment, config }),
        program: PROGRAM,
        defaultLimits: DEFAULT_LIMITS,
      });
      await lent.takeBack();
      return result;
    },
  };
}
